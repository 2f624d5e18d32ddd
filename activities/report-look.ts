/**
 * What a look of the gate says, from nothing but what is kept of it: rows with both answers, terms, config. So whoever
 * asks later gets the same.
 */
import type { Example } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { EvaluationRow } from '../domain/ports.ts';
import type { GateKind } from '../domain/verdict.ts';
import type { MeasuredArtifact } from '../training/gate/artifact-checks.ts';
import type { Golden } from '../training/gate/golden-checks.ts';
import type { Wear } from '../training/gate/wear-checks.ts';
import type { GateReport } from '../training/gate/judge-gate.ts';
import { isFreshOnly, proofOf } from '../training/gate/proof.ts';
import { pickFlips } from './pick-flips.ts';
import type { Ports } from './ports.ts';
import { answeredBy, digestOf, pickScored, tally, type Scored, type ScoredSet } from './scored-rows.ts';

/** What was decided before the rows were looked at; kept with the look. */
export type LookTerms = Readonly<{
  kind: GateKind;
  look: number;
  /** Rows with a larger `seq` came after the challenger's snapshot was cut. */
  cutSeq: number;
  isChosenByErrors: boolean;
  isExpired: boolean;
  patience: number;
  /** The how-manieth challenger this is that these held-out rows judge; null where there are none. */
  use: number | null;
  /** How far these are used up; left out where only fresh rows may be evidence, and of looks of before it was kept. */
  wear?: Wear;
  /** Of the bootstrap: the same rows give the same intervals. */
  seed: number;
  resamples: number;
}>;

export type LookMatter = Readonly<{
  test: ScoredSet;
  golden: Readonly<{
    pinned: readonly Scored[];
    sampled: readonly Scored[];
  }> &
    Pick<Golden, 'hasConceptDrift' | 'unfit' | 'learnt'>;
  artifact: MeasuredArtifact | null;
}>;

export type ReportedLook = Pick<EvaluationRow, 'rows' | 'testDigest' | 'verdict' | 'report'> &
  Pick<GateReport, 'main'>;

const evidenceOf = (test: ScoredSet, terms: Pick<LookTerms, 'kind' | 'isChosenByErrors' | 'cutSeq'>) =>
  isFreshOnly(terms) ? pickScored(test, ({ example }) => example.seq > terms.cutSeq) : test;

/** Rows of before the cut that are evidence. */
export const heldOutOf = (
  rows: readonly Example[],
  terms: Pick<LookTerms, 'kind' | 'isChosenByErrors' | 'cutSeq'>,
): Example[] => (isFreshOnly(terms) ? [] : rows.filter(({ seq }) => seq <= terms.cutSeq));

/** From where to where rows were looked at: all of them, since of all of them something is told. */
export const stretchOf = (rows: readonly Example[]): { fromSeq: number; toSeq: number } | null =>
  rows.length === 0 ? null : { fromSeq: rows[0]!.seq, toSeq: rows.at(-1)!.seq };

export type ReportPorts = Pick<Ports, 'judge' | 'report'>;

export async function reportLook(
  { judge, report: reportPair }: ReportPorts,
  { task, gate }: Pick<ModelConfig, 'task' | 'gate'>,
  terms: LookTerms,
  { test, golden, artifact }: LookMatter,
): Promise<ReportedLook> {
  const { kind, cutSeq, use, ...rest } = terms;
  const evidence = evidenceOf(test, terms);
  const { verdict, checks, labelsNeeded, main } = await judge(
    {
      test: test.answered,
      evidence: evidence.answered,
      golden: answeredGolden(task, golden),
      artifact,
    },
    gate,
    { kind, ...(use === null ? {} : { use }), ...rest },
  );
  const rows = test.scored.map(({ example }) => example);
  const [looked, heldOut] = [stretchOf(rows), stretchOf(heldOutOf(rows, terms))];
  const pair = rows.length === 0 ? null : await reportPair(task, test.answered, { slices: gate.slices });
  return {
    rows: rows.length,
    testDigest: digestOf(rows),
    main,
    verdict,
    report: {
      ...pair,
      gate: kind,
      evidence: tally(evidence.answered),
      proof: proofOf(evidence.answered, gate.slices),
      freshRows: rows.filter(({ seq }) => seq > cutSeq).length,
      eValue: main.eValue,
      eValueAgainst: main.eValueAgainst,
      checks,
      labelsNeeded,
      flips: pickFlips(task, test),
      ...(looked === null ? {} : { looked }),
      ...(heldOut === null ? {} : { heldOut, use }),
      terms,
      artifact,
      golden: goldenNumbers(golden),
    },
  };
}

/** Golden rows as the gate asks for them. */
export function answeredGolden(
  task: ModelConfig['task'],
  { pinned, sampled, ...rest }: LookMatter['golden'],
): Golden {
  const answered = (rows: readonly Scored[]) => (rows.length === 0 ? null : answeredBy(task, rows));
  return { pinned: answered(pinned), sampled: answered(sampled), ...rest };
}

/** What a report keeps of golden rows beside their answers. */
export const goldenNumbers = ({ pinned, sampled, ...rest }: LookMatter['golden']) => ({
  pinned: pinned.length,
  sampled: sampled.length,
  ...rest,
});
