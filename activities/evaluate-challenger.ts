import { createHash } from 'node:crypto';
import type { Example } from '../domain/examples.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { RegretPolicy } from '../domain/policy/regret-policy.ts';
import type { Output } from '../domain/task.ts';
import type { GateKind, Verdict } from '../domain/verdict.ts';
import { evaluatePair } from '../training/evaluate.ts';
import { blockedBy } from '../training/gate/guardrails.ts';
import type { Slice } from '../training/gate/guardrails.ts';
import { judgeChallenger } from '../training/gate/judge-challenger.ts';
import type { GateVerdict } from '../training/gate/judge-challenger.ts';
import { answersOf, discordant } from './answers.ts';
import type { Ports } from './ports.ts';

export type Look = {
  runId: string;
  model: string;
  configDigest: string;
  challenger: { version: string; digest: string };
  /** The champion that the challenger was trained to follow. */
  champion: string;
  look: number;
  cutSeq: number;
  onsetSeq: number;
  isChosenByErrors: boolean;
  gate: GateKind;
  /** The run may not wait any longer. */
  isExpired: boolean;
};

export type LookResult = {
  verdict: Verdict;
  /** Test rows in all. */
  rows: number;
  /** Look again when the newest label is at this position. */
  nextLookAtSeq: number;
};

/** A look costs a prediction of every test row: not before so many new labels… */
const LABELS_BETWEEN_LOOKS = 25;
/** …and not before the test set has grown by this share. */
const GROWTH_BETWEEN_LOOKS = 0.1;

type GatePorts = Pick<
  Ports,
  'models' | 'versions' | 'examples' | 'snapshots' | 'runs' | 'predictor' | 'artifacts'
>;

export const createGateActivities = (ports: GatePorts) => ({
  /**
   * Scores both versions on the same rows, which neither has seen, and asks the gate. Safe to repeat: a look keeps its
   * first row, and the test is valid however often it is asked.
   */
  async evaluateChallenger(look: Look): Promise<LookResult> {
    const { model, challenger, gate, cutSeq } = look;
    const config = await ports.models.getPinned(model, look.configDigest);
    const policy = regretPolicyOf(config);
    const champion = await ports.versions.get(model, look.champion);
    const test = await testSet(ports, look);
    const ours = await answersOf(ports, challenger, test);
    const theirs = await answersOf(ports, champion, test);

    const scored = test.map((example, i) => ({ example, ours: ours[i]!, theirs: theirs[i]! }));
    const fresh = scored.filter(({ example }) => example.seq > cutSeq);
    // Rows on which the champion was caught erring cannot prove that it errs: there only fresh rows count.
    const evidence = look.isChosenByErrors || gate === 'patient' ? fresh : scored;
    const question = { ...tally(evidence), kind: gate, isExpired: look.isExpired };
    const judged = judgeChallenger(question, policy);
    const pair =
      test.length === 0
        ? null
        : evaluatePair(config.task, test, ours, theirs, { slices: config.gate.slices });
    const slices = config.gate.slices.flatMap((feature) => slicesBy(feature, evidence));
    const verdict = guarded(judged, blockedBy({ accuracy: accuracyOf(scored), slices }, config.gate));

    if (pair !== null) {
      const { eValue, eValueAgainst } = judged;
      await ports.runs.saveEvaluation(look.runId, {
        look: look.look,
        rows: test.length,
        challenger: challenger.version,
        champion: champion.version,
        testDigest: digestOf(test),
        report: {
          ...pair,
          gate,
          evidence: tally(evidence),
          freshRows: fresh.length,
          eValue,
          eValueAgainst,
          slices,
        },
        verdict,
      });
      await ports.runs.update(look.runId, { verdict });
      await ports.versions.setAccuracyOnTest(model, challenger.version, accuracyOf(scored) ?? 0);
    }
    const newestSeq = Math.max(cutSeq, ...fresh.slice(-1).map(({ example }) => example.seq));
    return {
      verdict,
      rows: test.length,
      nextLookAtSeq: newestSeq + untilNextLook(gate, fresh.length, policy),
    };
  },
});

type Scored = { example: Example; ours: Output; theirs: Output };

const tally = (scored: readonly Scored[]) => ({
  rows: scored.length,
  ...discordant(
    scored.map(({ example }) => example),
    scored.map(({ ours }) => ours),
    scored.map(({ theirs }) => theirs),
  ),
});

const accuracyOf = (scored: readonly Scored[]): number | null =>
  scored.length === 0
    ? null
    : scored.filter(({ example, ours }) => ours.label === example.label).length / scored.length;

function slicesBy(feature: string, scored: readonly Scored[]): Slice[] {
  const values = new Map<string, Scored[]>();
  for (const row of scored) {
    const value = String(row.example.input[feature] ?? 'missing');
    values.set(value, [...(values.get(value) ?? []), row]);
  }
  return [...values].map(([value, rows]) => ({ feature, value, ...tally(rows) }));
}

/** The gate's answer without the numbers behind it; a guardrail turns a promotion down. */
function guarded(judged: GateVerdict, blocked: string | null): Verdict {
  const { sentence } = judged;
  if (judged.kind === 'hold') return { kind: 'hold', labelsNeeded: judged.labelsNeeded, sentence };
  if (judged.kind === 'reject') return { kind: 'reject', by: judged.by, sentence };
  return blocked === null
    ? { kind: 'promote', by: judged.by, sentence }
    : { kind: 'reject', by: 'guardrail', sentence: blocked };
}

/** New labels until the next look is worth its cost; a patient gate is looked at when its patience ends. */
function untilNextLook(gate: GateKind, freshRows: number, { patience }: RegretPolicy): number {
  const more = Math.max(LABELS_BETWEEN_LOOKS, Math.ceil(freshRows * GROWTH_BETWEEN_LOOKS));
  return gate === 'patient' && freshRows < patience ? Math.min(more, patience - freshRows) : more;
}

/** Names exactly these rows with these labels. */
function digestOf(test: readonly Example[]): string {
  const hash = createHash('sha256');
  for (const { predictionId, label } of test) hash.update(`${predictionId} ${label}\n`);
  return hash.digest('hex');
}

/** Rows that neither version, nor an ancestor of either, has seen: all after the cut, and holdout rows since the onset. */
async function testSet({ examples, snapshots }: GatePorts, look: Look): Promise<Example[]> {
  const { model, cutSeq, onsetSeq, challenger, champion } = look;
  const rows = await examples.range(model, { fromSeq: Math.min(onsetSeq, cutSeq + 1) });
  const candidates = rows.filter(({ seq, partition }) => seq > cutSeq || partition === 'holdout');
  const ids = candidates.map(({ predictionId }) => predictionId);
  const seen = await snapshots.seenBy(model, [challenger.version, champion], ids);
  return candidates.filter(({ predictionId }) => !seen.has(predictionId));
}
