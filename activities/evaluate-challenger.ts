import type { Example } from '../domain/examples.ts';
import { imageOf } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { RegretPolicy } from '../domain/policy/regret-policy.ts';
import type { LookedAt } from '../domain/ports.ts';
import type { GateKind, Verdict } from '../domain/verdict.ts';
import { isFreshOnly } from '../training/gate/proof.ts';
import { answersOf } from './answers.ts';
import { auditBroken, auditRefusal } from './audit-refusal.ts';
import { goldenMatter } from './golden-rows.ts';
import { measureArtifact } from './measure-artifact.ts';
import type { Ports } from './ports.ts';
import { heldOutOf, reportLook } from './report-look.ts';
import { accuracyOf, scoredBy, scoredSet } from './scored-rows.ts';
import { answersDigest, testedOf } from './tested-rows.ts';
import { judgedOn, splitWornOut, usesOfRows } from './worn-out-rows.ts';

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

/** The same rows give the same intervals. */
const SEED = 1;
/** A look must not keep its process busy for long, and there will be another. */
const RESAMPLES = 2_000;

type GatePorts = Pick<
  Ports,
  | 'models'
  | 'versions'
  | 'examples'
  | 'snapshots'
  | 'golden'
  | 'runs'
  | 'predictor'
  | 'artifacts'
  | 'judge'
  | 'report'
  | 'audit'
>;

export function createGateActivities(ports: GatePorts): ReturnType<typeof looksOf> {
  const { evaluateChallenger } = looksOf(ports);
  return {
    evaluateChallenger: (look) =>
      evaluateChallenger(look).catch(async (error: unknown) => {
        await auditBroken(ports, look, error);
        throw error;
      }),
  };
}

const looksOf = (ports: GatePorts) => ({
  /**
   * Scores both versions on the same rows, which neither has seen, and asks the gate. Safe to repeat: a look keeps its
   * first row, and the test is valid however often it is asked.
   */
  async evaluateChallenger(look: Look): Promise<LookResult> {
    const { model, runId, challenger, gate, cutSeq } = look;
    const config = await ports.models.getPinned(model, look.configDigest);
    const policy = regretPolicyOf(config);
    const champion = await ports.versions.get(model, look.champion);
    const labelled = await ports.examples.labelled(model);
    // Looking again at the same challenger spends nothing: its test is valid however often it is asked.
    const ledger = (await ports.runs.lookedAt(model)).filter((one) => one.challenger !== challenger.version);
    const { examples, wornOut } = await testSet(ports, look, config, ledger);
    const score = async (rows: readonly Example[]) =>
      scoredBy(rows, await answersOf(ports, challenger, rows), await answersOf(ports, champion, rows));
    const test = scoredSet(config.task, await score(examples));
    const given = {
      kind: gate,
      look: look.look,
      cutSeq,
      isChosenByErrors: look.isChosenByErrors,
      isExpired: look.isExpired,
      patience: policy.patience,
      seed: SEED,
      resamples: RESAMPLES,
    };
    // Rows that judged challengers before this one are worth less each time; those after the cut have judged nobody.
    const heldOut = heldOutOf(examples, given);
    const use = heldOut.length === 0 ? null : 1 + judgedOn(ledger, heldOut).length;
    const wear = { rows: heldOut.length, uses: usesOfRows(heldOut, config.gate), wornOut };
    const artifact = await measureArtifact(ports, challenger, examples, config.gate.artifact);
    const golden = await goldenMatter(ports, config, { runId, challenger, champion });
    const { verdict, report, rows, testDigest } = await reportLook(
      ports,
      config,
      { ...given, use, ...(isFreshOnly(given) ? {} : { wear }) },
      { test, golden, artifact },
    );
    if (rows > 0) {
      const tested = testedOf(runId, test.scored, golden);
      await ports.runs.saveEvaluation(
        runId,
        {
          look: look.look,
          rows,
          challenger: challenger.version,
          champion: champion.version,
          testDigest,
          report: { ...report, answersDigest: answersDigest(tested) },
          verdict,
        },
        tested,
      );
      await auditRefusal(ports, { model, runId, verdict });
      await ports.runs.update(runId, { verdict });
      await ports.versions.setAccuracyOnTest(model, challenger.version, accuracyOf(test));
      if (verdict.kind === 'promote' && golden.hasConceptDrift && golden.sampled.length > 0)
        await ports.golden.retire(
          model,
          { kind: 'sampled' },
          { by: 'driftloop', because: `the world they were drawn from has passed (${runId})` },
        );
    } else await auditRefusal(ports, { model, runId, verdict });
    const freshRows = examples.filter(({ seq }) => seq > cutSeq).length;
    return {
      verdict,
      rows,
      // Counted from the newest label, readable or not: one that was withdrawn since is not waited for again.
      nextLookAtSeq: Math.max(cutSeq, labelled) + untilNextLook(gate, freshRows, policy),
    };
  },
});

/** New labels until the next look is worth its cost; a patient gate is looked at when its patience ends. */
function untilNextLook(gate: GateKind, freshRows: number, { patience }: RegretPolicy): number {
  const more = Math.max(LABELS_BETWEEN_LOOKS, Math.ceil(freshRows * GROWTH_BETWEEN_LOOKS));
  return gate === 'patient' && freshRows < patience ? Math.min(more, patience - freshRows) : more;
}

/**
 * Most rows of a test: a gate that holds for a week on a busy model must not score millions at each look. Those after
 * the cut are the first ones, so that the test may still be looked at as often as anybody likes.
 */
const ROWS_AT_MOST = { fresh: 20_000, beforeCut: 50_000 };
/** The same of images, each as large as a thousand rows, and of texts that are written, each of which takes seconds. */
const COSTLY_ROWS_AT_MOST = { fresh: 2_000, beforeCut: 2_000 };

/**
 * Rows that neither version, nor an ancestor of either, has seen: all after the cut, and holdout rows since the onset that
 * are not worn out, whether or not the snapshot was cut when they were. Rows that were picked to be labelled are none of
 * them: `range` keeps those for whoever learns.
 */
async function testSet(
  { examples, snapshots }: GatePorts,
  look: Look,
  { input, gate, task }: ModelConfig,
  ledger: readonly LookedAt[],
): Promise<{ examples: Example[]; wornOut: number }> {
  const isCostly = imageOf(input) !== null || task.kind === 'generation';
  const atMost = isCostly ? COSTLY_ROWS_AT_MOST : ROWS_AT_MOST;
  const { model, cutSeq, onsetSeq, challenger, champion } = look;
  const before = await examples.range(model, {
    fromSeq: onsetSeq,
    toSeq: cutSeq,
    limit: atMost.beforeCut,
    withSource: true,
  });
  const fresh = await examples.range(model, {
    fromSeq: cutSeq + 1,
    toSeq: cutSeq + atMost.fresh,
    withSource: true,
  });
  const without = new Set(gate.withoutSources);
  const counts = ({ source }: Example) => source === undefined || !without.has(source);
  const heldOut = before.filter((row) => row.partition === 'holdout' && counts(row));
  const ids = [...heldOut, ...fresh].map(({ predictionId }) => predictionId);
  const seen = await snapshots.seenBy(model, [challenger.version, champion], ids);
  const isUnseen = ({ predictionId }: Example) => !seen.has(predictionId);
  const { fit, wornOut } = splitWornOut(heldOut.filter(isUnseen), ledger, gate);
  // Those that a snapshot took to validate, because they were worn out then.
  const demoted = heldOut.filter((row) => !isUnseen(row) && judgedOn(ledger, [row]).length > 0);
  return {
    examples: [...fit, ...fresh.filter((row) => counts(row) && isUnseen(row))],
    wornOut: wornOut.length + demoted.length,
  };
}
