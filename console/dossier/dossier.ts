import { askedIn, standingOf } from '../../domain/approval.ts';
import type { Approval, Asked, Standing } from '../../domain/approval.ts';
import type { FlipExample } from '../../domain/flip.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Kept } from '../../domain/kept.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { EvaluationRow, RunEvent } from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import { triageOf } from '../../domain/triage.ts';
import type { Triage } from '../../domain/triage.ts';
import { toleranceOf } from '../../domain/task.ts';
import type { Estimate } from '../../training/evaluate.ts';
import type { SliceAccuracy } from '../../training/evaluate-slices.ts';
import type { Check } from '../../training/gate/check.ts';
import { isFreshOnly } from '../../training/gate/proof.ts';
import type { Proof } from '../../training/gate/proof.ts';
import type { Wear } from '../../training/gate/wear-checks.ts';
import { boundWordOf } from './bound-word.ts';

/** What whoever decides about a challenger has to know: plain JSON, made of what is stored. */
export type Dossier = Readonly<{
  runId: string;
  model: string;
  task: Readonly<{ kind: ModelConfig['task']['kind']; tolerance: number | null }>;
  /** Null while it is asked whether anything is trained at all. */
  challenger: string | null;
  champion: string | null;
  trigger: Run['trigger'];
  triage: Triage | null;
  verdict: Run['verdict'];
  outcome: Run['outcome'];
  /** Rows by what they were for; null where nothing was trained. */
  learntFrom: Readonly<{ train: number; validation: number; rehearsal: number }> | null;
  /** Held-out rows that both answered. */
  testRows: number | null;
  /** Those of them that decide which is better, and on how many only one was right; null before the first look. */
  decidedOn: Readonly<{ rows: number; wins: number; losses: number }> | null;
  /** Why others decide nothing: the champion was caught on rows like them, or their entity is there already. */
  othersAre: 'caught' | 'repeated';
  /** How far the held-out rows of it are used up; null where they are no evidence, or nobody has kept it. */
  heldOut: HeldOutBudget | null;
  /** Right by only one of the two, of all that were tested. */
  flips: Readonly<{ of: number; fixed: number; broken: number; examples: readonly ShownFlip[] }> | null;
  /** All cases, then slice by slice. */
  places: readonly Place[];
  /** How much worse a slice may be. */
  margin: number;
  metrics: readonly MetricRow[];
  checks: readonly Check[];
  servability: string | null;
  kept: Kept | null;
  cost: Readonly<{ seconds: number; backend: string | null; peakMemoryMb: number | null }> | null;
  rollout: ModelConfig['rollout'];
  asked: (Asked & { at: string }) | null;
  approval: Approval;
  /** What a decision would hold for, in a word: `run approve --bound-to` takes it. */
  boundWord: string;
  standing: Standing;
}>;

/** How many challengers held-out rows may judge, the how-manieth this is, and how many are left after it. */
type HeldOutBudget = Readonly<{ rows: number; uses: number; use: number; left: number }>;

/** A flip with its input; null where that has been erased. */
export type ShownFlip = FlipExample & Readonly<{ input: InputRow | null; at: string | null }>;

/** Where cases lie, and which version is how good on them. */
export type Place = Readonly<{
  /** Null: all cases. */
  slice: Readonly<{ feature: string; value: string }> | null;
  rows: number;
  champion: number | null;
  challenger: number | null;
  difference: number;
  interval: Readonly<{ low: number; high: number }>;
  verdict: 'better' | 'ahead' | 'not-worse' | 'no-harm' | 'no-clear-harm' | 'worse' | 'unproven';
  /** It decides nothing: too few cases. */
  isReported: boolean;
}>;

export type MetricRow = Readonly<{
  name: string;
  champion: Estimate;
  challenger: Estimate;
  difference: Estimate;
}>;

/** Everything that a dossier is made of. */
export type DossierMatter = Readonly<{
  run: Run;
  story: readonly (RunEvent & { at: string })[];
  /** The newest look of the gate; null before the first. */
  evaluation: EvaluationRow | null;
  champion: string | null;
  config: ModelConfig;
  approval: Approval;
  inputs: ReadonlyMap<string, { input: InputRow | null; at: string }>;
}>;

/** What of a stored report is shown; a report of another release may lack any of it. */
type Report = Partial<{
  challenger: Readonly<Record<string, Estimate>>;
  champion: Readonly<Record<string, Estimate>>;
  difference: Readonly<Record<string, Estimate>>;
  discordant: Readonly<{ wins: number; losses: number }>;
  accuracyBySlice: readonly SliceAccuracy[];
  /** Null without rows that prove anything. */
  proof: Proof | null;
  checks: readonly Check[];
  flips: readonly FlipExample[];
  terms: Readonly<{ use?: number | null; wear?: Wear; kind: string; isChosenByErrors: boolean }>;
}>;

/** The check whether the challenger is better. */
export const MAIN = 'accuracy.difference';

export const reportOf = (evaluation: EvaluationRow | null): Report => evaluation?.report ?? {};

export function buildDossier(matter: DossierMatter): Dossier {
  const { run, story, evaluation, config, approval } = matter;
  const report = reportOf(evaluation);
  const { discordant, checks = [] } = report;
  const training = storedIn(story, 'peakMemoryMb');
  const snapshot = storedIn(story, 'rehearsalShare');
  const servability = story.findLast(({ phase }) => phase === 'servability')?.sentence ?? null;
  return {
    runId: run.id,
    model: run.model,
    task: { kind: config.task.kind, tolerance: toleranceOf(config.task) },
    challenger: run.version,
    champion: evaluation?.champion ?? matter.champion,
    trigger: run.trigger,
    triage: triageOf(story),
    verdict: run.verdict,
    outcome: run.outcome,
    learntFrom: (snapshot?.['rows'] as Dossier['learntFrom']) ?? null,
    testRows: evaluation?.rows ?? null,
    decidedOn: decidedOn(matter),
    othersAre: report.terms !== undefined && isFreshOnly(report.terms) ? 'caught' : 'repeated',
    heldOut: heldOutOf(report),
    flips:
      discordant === undefined
        ? null
        : {
            of: evaluation?.rows ?? 0,
            fixed: discordant.wins,
            broken: discordant.losses,
            examples: (report.flips ?? []).map((flip) => ({
              ...flip,
              ...(matter.inputs.get(flip.predictionId) ?? { input: null, at: null }),
            })),
          },
    places: placesOf(matter),
    margin: config.gate.sliceMargin,
    metrics: metricsOf(report),
    checks: checks.filter(({ name }) => !name.startsWith('slice:') && name !== MAIN),
    servability,
    kept: (training?.['kept'] as Kept | null | undefined) ?? null,
    cost:
      run.trainSeconds === null
        ? null
        : {
            seconds: run.trainSeconds,
            backend: (training?.['backend'] as string | undefined) ?? null,
            peakMemoryMb: (training?.['peakMemoryMb'] as number | undefined) ?? null,
          },
    rollout: config.rollout,
    asked: askedIn(story),
    approval,
    boundWord: boundWordOf(approval.boundTo),
    standing: standingOf(approval),
  };
}

/** The newest event of a story whose data has a field. */
const storedIn = (story: DossierMatter['story'], field: string) =>
  story.findLast(({ data }) => data?.[field] !== undefined)?.data;

function heldOutOf({ terms }: Report): HeldOutBudget | null {
  const { use, wear } = terms ?? {};
  if (use == null || wear === undefined) return null;
  const { rows, uses } = wear;
  return { rows, uses, use, left: uses - use };
}

const metricsOf = ({ challenger = {}, champion = {}, difference = {} }: Report): MetricRow[] =>
  Object.keys(difference).flatMap((name) => {
    const [ours, theirs] = [challenger[name], champion[name]];
    return ours === undefined || theirs === undefined
      ? []
      : [{ name, champion: theirs, challenger: ours, difference: difference[name]! }];
  });

/** An earlier Driftloop kept no more than the tested rows. */
function decidedOn({ evaluation }: DossierMatter): Dossier['decidedOn'] {
  const { proof, discordant } = reportOf(evaluation);
  if (proof !== undefined) return proof;
  return evaluation === null || discordant === undefined ? null : { rows: evaluation.rows, ...discordant };
}

function placesOf({ run, evaluation }: DossierMatter): Place[] {
  if (evaluation === null) return [];
  const report = reportOf(evaluation);
  const { proof, checks = [] } = report;
  const all = proof == null ? allTested(report, evaluation.rows) : allThatDecide(proof, checks);
  return [
    ...all.map((place): Place => {
      const verdict = overall(run.verdict, place.difference);
      return { ...place, slice: null, verdict, isReported: false };
    }),
    ...checks.flatMap((check) => sliceOf(check, proof?.slices ?? report.accuracyBySlice ?? [])),
  ];
}

type Whole = Omit<Place, 'slice' | 'verdict' | 'isReported'>;

/** By the very test that decided. */
function allThatDecide({ rows, champion, challenger }: Proof, checks: readonly Check[]): Whole[] {
  const main = checks.find(({ name }) => name === MAIN);
  if (main === undefined || main.value === null || main.interval === null) return [];
  return [{ rows, champion, challenger, difference: main.value, interval: main.interval }];
}

function allTested({ challenger, champion, difference }: Report, rows: number): Whole[] {
  const accuracy = difference?.['accuracy'];
  if (accuracy === undefined) return [];
  return [
    {
      rows,
      champion: champion?.['accuracy']?.estimate ?? null,
      challenger: challenger?.['accuracy']?.estimate ?? null,
      difference: accuracy.estimate,
      interval: accuracy,
    },
  ];
}

/** "Better" only where the test says so. */
function overall(verdict: Run['verdict'], difference: number): Place['verdict'] {
  if (verdict?.kind !== 'promote') return verdict?.kind === 'reject' ? 'worse' : 'unproven';
  if (verdict.by === 'patience') return 'ahead';
  if (verdict.by === 'forced') return 'unproven';
  return difference > 0 ? 'better' : 'not-worse';
}

function sliceOf(check: Check, accuracies: readonly SliceAccuracy[]): Place[] {
  const { name, value, interval, bound, result, rows } = check;
  const [, feature, slice] = /^slice:([^=]+)=(.*)$/s.exec(name) ?? [];
  if (feature === undefined || slice === undefined || value === null || interval === null) return [];
  const both = accuracies.find((one) => one.feature === feature && one.value === slice);
  const isSafe = bound !== null && interval.low >= bound;
  return [
    {
      slice: { feature, value: slice },
      rows,
      champion: both?.champion.estimate ?? null,
      challenger: both?.challenger.estimate ?? null,
      difference: value,
      interval,
      verdict: result === 'fail' ? 'worse' : result === 'pass' && isSafe ? 'no-harm' : 'no-clear-harm',
      isReported: result === 'reported',
    },
  ];
}
