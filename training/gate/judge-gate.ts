/**
 * The gate: everything that has to hold before a challenger may become champion, each as a check with its value, its
 * interval, its bound and what follows; and one verdict of them all.
 *
 * The main question (is it better, or with a margin not worse?) is decided by a test that may be asked at every look.
 * Bounds of other metrics have bootstrap intervals, and sources an exact test, which promise something for one look only:
 * the k-th look spends α / (k·(k + 1)), which is α over all looks together; and where held-out rows have judged others before,
 * whatever is claimed of the challenger on them may spend 6/(π²k²) of α for the k-th. Blocking checks are an "and": each is judged at α, and needs no
 * correction for the others (an intersection–union test).
 *
 *     any blocking check fails   reject
 *     else any holds             hold, until it expires, or the patience of a patient gate ends; where nothing can be
 *                                judged, patience ends nothing
 *     else                       promote
 *
 * Source of the "and": R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982).
 */
import type { GateConfig } from '../../domain/gate-config.ts';
import { defaultPolicy } from '../../domain/policy/regret-policy.ts';
import type { GateKind, Verdict } from '../../domain/verdict.ts';
import { pairedBounds } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';
import { artifactChecks, type MeasuredArtifact } from './artifact-checks.ts';
import type { Check } from './check.ts';
import { estimateMetrics } from './estimate-metrics.ts';
import { fairnessCheck } from './fairness-checks.ts';
import { fitnessChecks } from './fitness-checks.ts';
import { flipCheck } from './flip-check.ts';
import { goldenChecks, goldenPairs, type Golden } from './golden-checks.ts';
import { FEW_ROWS, judgeChallenger, type GateVerdict } from './judge-challenger.ts';
import { lineageChecks, type TestLineage } from './lineage-checks.ts';
import { sliceChecks } from './slice-checks.ts';
import { sourceChecks } from './source-checks.ts';
import { alphaOfLook, alphaOfUse } from './spend-alpha.ts';
import { thresholdChecks } from './threshold-checks.ts';
import { wearChecks, type Wear } from './wear-checks.ts';

export type GateMatter = Readonly<{
  /** Rows that neither version has seen; bounds are judged on all of them. */
  test: AnsweredRows;
  /** Those of them that may prove which is better: not the ones on which the champion was caught. */
  evidence: AnsweredRows;
  golden: Golden;
  artifact: MeasuredArtifact | null;
  /** Left out where the test set holds nothing that either has learnt from: a loop picks it so. */
  lineage?: TestLineage;
}>;

export type GateTerms = Readonly<{
  kind: GateKind;
  /** 1 for the first look at these versions; `only` where there will be no other. */
  look: number | 'only';
  isExpired?: boolean;
  /**
   * The how-manieth challenger this is that these held-out rows judge; left out where all rows that may prove anything
   * are newer than every challenger before.
   */
  use?: number;
  wear?: Wear;
  /** Test rows after which a patient gate decides. */
  patience?: number;
  seed: number;
  resamples?: number;
}>;

type BoundTerms = Pick<GateTerms, 'look' | 'use' | 'seed' | 'resamples'>;

export type GateReport = Readonly<{
  verdict: Verdict;
  /** Of a hold: about how many more labelled rows would settle it; null where nothing can be foreseen, or it is settled. */
  labelsNeeded: number | null;
  checks: readonly Check[];
  main: GateVerdict;
}>;

const DEFAULT_RESAMPLES = 10_000;

export function judgeGate(matter: GateMatter, config: GateConfig, terms: GateTerms): GateReport {
  const { evidence } = matter;
  const pairs = pairsOf(evidence, evidence.independent);
  const rows = evidence.independent.length;
  const patience = terms.patience ?? defaultPolicy.patience;
  const alpha = alphaOfUse(config.alpha, terms.use);
  const policy = { alpha, patience };
  const question = {
    kind: terms.kind,
    ...(config.notWorseBy === undefined ? {} : { notWorseBy: config.notWorseBy }),
  };
  const main = judgeChallenger(
    { ...question, wins: pairs.wins, losses: pairs.losses, rows, isExpired: terms.isExpired ?? false },
    policy,
  );
  const blocking = blockingChecks(matter, config, terms);
  const others = [
    ...wearChecks({ ...terms, alpha, rows, minRows: config.minRows }),
    ...(matter.lineage === undefined ? [] : lineageChecks(matter.lineage)),
    ...sourceChecks(evidence, {
      main,
      question,
      policy,
      look: terms.look,
      trusted: config.trustedSources,
      golden: blocking.some(isBrokenGolden) ? null : goldenPairs(matter.golden),
    }),
    ...blocking,
  ];
  const checks = [mainCheck(main, alpha, config), ...others];
  const verdict = settleChecks(main, others, { ...terms, patience });
  return { verdict, labelsNeeded: verdict.kind === 'hold' ? foreseen(main, others) : null, checks, main };
}

/** What golden rows say against a challenger then needs no second saying. */
const isBrokenGolden = ({ name, result }: Check): boolean => name.startsWith('golden.') && result === 'fail';

/** Everything that blocks beside the main question: bounds, slices, golden rows, the artifact itself. */
export const blockingChecks = (matter: GateMatter, config: GateConfig, terms: BoundTerms): Check[] => [
  ...testChecks(matter, config, terms),
  ...sliceChecks(matter.evidence, { ...config, alphaOfUse: alphaOfUse(config.alpha, terms.use) }),
  ...goldenChecks(matter.golden, { alpha: config.alpha, alphaOfUse: alphaOfUse(config.alpha, terms.use) }),
  ...artifactChecks(matter.artifact, config.artifact),
];

function mainCheck(main: GateVerdict, alpha: number, { notWorseBy = 0 }: GateConfig): Check {
  const { wins, losses, rows } = main;
  const result = main.kind === 'promote' ? 'pass' : main.kind === 'reject' ? 'fail' : 'hold';
  return {
    name: 'accuracy.difference',
    value: rows === 0 ? null : (wins - losses) / rows,
    interval: pairedBounds({ wins, losses, ties: rows - wins - losses }, alpha),
    bound: -notWorseBy,
    result,
    rows,
    sentence: main.sentence,
    ...(main.kind === 'hold'
      ? { ...codeOfHold(main), labelsNeeded: main.isForecast ? main.labelsNeeded : null }
      : {}),
  };
}

/** Whether the test set is one; and where it is, what is decided by an interval. */
function testChecks(matter: GateMatter, config: GateConfig, terms: BoundTerms): Check[] {
  const asksRows = asksBounds(config) || terms.look === 'only';
  const unfit = fitnessChecks(matter, config, asksRows);
  return unfit.length > 0 ? unfit : boundChecks(matter, config, terms);
}

function boundChecks({ test }: GateMatter, config: GateConfig, terms: BoundTerms): Check[] {
  if (!asksBounds(config)) return [];
  const thresholds = thresholdsOf(config);
  const alpha = alphaOfUse(config.alpha, terms.use);
  const options = {
    seed: terms.seed,
    resamples: terms.resamples ?? DEFAULT_RESAMPLES,
    confidence: 1 - 2 * alphaOfLook(alpha, terms.look),
  };
  const estimates = estimateMetrics(
    test,
    thresholds.map(({ metric }) => metric),
    options,
  );
  return [
    ...thresholds.flatMap((threshold) =>
      thresholdChecks(threshold, estimates.get(threshold.metric)!, test.rows.length),
    ),
    flipCheck(pairsOf(test, test.independent), { flipsAtMost: config.flipsAtMost, alpha }),
    ...config.fairness.map((fairness) =>
      fairnessCheck(test, fairness, { ...options, minSliceRows: config.minSliceRows }),
    ),
  ].flatMap((check) => check ?? []);
}

const asksBounds = (config: GateConfig): boolean =>
  thresholdsOf(config).length > 0 || config.flipsAtMost !== undefined || config.fairness.length > 0;

/** `accuracyAtLeast` is the short way to write the bound that most want. */
const thresholdsOf = ({ thresholds, accuracyAtLeast }: GateConfig): GateConfig['thresholds'] =>
  accuracyAtLeast === undefined
    ? thresholds
    : [{ metric: 'accuracy', lowerBound: accuracyAtLeast }, ...thresholds];

/** One verdict of the main question and of every check beside it. */
export function settleChecks(
  main: GateVerdict,
  others: readonly Check[],
  {
    kind,
    isExpired = false,
    patience = defaultPolicy.patience,
  }: Pick<GateTerms, 'kind' | 'isExpired' | 'patience'>,
): Verdict {
  const isOver = isExpired || (kind === 'patient' && main.rows >= patience);
  return settle(main, others, { isOver, isExpired });
}

function settle(
  main: GateVerdict,
  others: readonly Check[],
  { isOver, isExpired }: { isOver: boolean; isExpired: boolean },
): Verdict {
  const untilExpiry = others.find((check) => check.result === 'hold' && check.untilExpiry === true);
  if (untilExpiry !== undefined && !isExpired) return holdFor(untilExpiry);
  const failed = others.find(({ result }) => result === 'fail');
  const isBlind = !isExpired && blindOf(others) !== undefined;
  if (main.kind === 'reject' && !isBlind) return { kind: 'reject', by: main.by, sentence: main.sentence };
  if (failed !== undefined)
    return {
      kind: 'reject',
      by: 'guardrail',
      sentence: `Rejected: ${failed.sentence}`,
      ...codeOf(failed),
    };
  const held = others.filter(({ result }) => result === 'hold');
  // A patient gate asks of each bound that is still open, when its patience ends, on which side of it the value lies.
  const open = isOver && !isExpired ? held.filter((check) => !liesInside(check)) : held;
  const first = open.find(({ blind }) => blind === undefined) ?? open[0];
  if (first !== undefined && isOver && (isExpired || first.blind === undefined))
    return {
      kind: 'reject',
      by: 'expired',
      sentence: `Rejected: the time to decide is over. ${first.sentence}`,
      ...codeOf(first),
    };
  if (main.kind === 'promote' && first === undefined)
    return { kind: 'promote', by: main.by, sentence: main.sentence };
  if (main.kind === 'hold' && (!isBlind || main.rows < FEW_ROWS))
    return {
      kind: 'hold',
      labelsNeeded: main.labelsNeeded,
      sentence: main.sentence,
      ...codeOfHold(main),
    };
  return holdFor(blindOf(open) ?? first!);
}

const holdFor = (check: Check): Verdict => ({
  kind: 'hold',
  labelsNeeded: check.labelsNeeded ?? DEFAULT_WAIT,
  sentence: `Held: ${check.sentence}`,
  ...codeOf(check),
});

/** The check that says of the test set that it can judge nothing. */
const blindOf = (checks: readonly Check[]): Check | undefined =>
  checks.find(({ result, blind }) => result === 'hold' && blind === 'everything');

/** Why nothing can be said yet, where it is more than that the two are close. */
function codeOfHold({ rows, isAlike }: Extract<GateVerdict, { kind: 'hold' }>): Pick<Check, 'code'> {
  if (rows < FEW_ROWS) return { code: 'DL_GATE_FEW_ROWS' };
  return isAlike ? { code: 'DL_GATE_TIES' } : {};
}

const codeOf = ({ code }: Check): Pick<Check, 'code'> => (code === undefined ? {} : { code });

/** Where nothing can be foreseen: look again after so many. */
const DEFAULT_WAIT = 100;

/** Whether the value of an open check lies on the side of its bound where it should; where nothing was judged it does not. */
function liesInside({ value, bound, side = 'least', blind }: Check): boolean {
  if (value === null || bound === null || blind !== undefined) return false;
  return side === 'least' ? value >= bound : value <= bound;
}

/** The most that any open check asks for; null where one of them foresees nothing. */
function foreseen(main: GateVerdict, others: readonly Check[]): number | null {
  // What can be judged by nothing asks for what is missing first, and nothing is foreseen beyond it.
  const isBlind = blindOf(others) !== undefined;
  const ofMain = main.kind === 'hold' && (main.isForecast || !isBlind);
  const asked = [
    ...(ofMain ? [main.isForecast ? main.labelsNeeded : null] : []),
    ...others.filter(({ result }) => result === 'hold').map(({ labelsNeeded = null }) => labelsNeeded),
  ];
  return asked.some((labels) => labels === null) ? null : Math.max(...asked.map((labels) => labels!));
}
