/**
 * The rules of an installation, generated from its config: one group a model, in the order in which they need each
 * other, and one of the installation. Prometheus evaluates a group in order at one instant, so an alert sees this instant's counters and no
 * evaluation is lost between a count and its alert.
 */
import { milliseconds } from '../../domain/duration.ts';
import type { DetectorWatch } from '../../domain/detector-config.ts';
import { keepsBudget } from '../../domain/drift-config.ts';
import type { BudgetWatch } from '../../domain/drift-config.ts';
import type { ModelConfig, Watch } from '../../domain/model-config.ts';
import { isAsHappened } from '../as-happened.ts';
import type { MetricKey } from '../metrics/metric-table.ts';
import { maxOf, recordMax, recordSince } from './absolute-counters.ts';
import { tellingFirstSeen, tellingWhereToLook } from './alert-context.ts';
import { driftAlerts, qualityAlerts, regretAlerts } from './alert-rules.ts';
import { confidenceRules } from './confidence-rules.ts';
import { dataAlerts, dataRules, type DataWatch } from './data-rules.ts';
import { budgetAlert, detectorAlerts, detectorRules } from './detector-rules.ts';
import { drillAlerts } from './drill-alerts.ts';
import { estimatedAlerts, estimatedRules, type Estimated } from './estimated-rules.ts';
import { coverageAlert, happenedAlerts, happenedRules } from './happened-rules.ts';
import { inputRules } from './input-rules.ts';
import { objectiveAlerts, objectiveRules, objectiveWindows } from './objective-rules.ts';
import type { Objective } from './objective-rules.ts';
import { offByAlerts, offByRules, type OffByWatch } from './off-by-rules.ts';
import { outcomeRules } from './outcome-rules.ts';
import { recordedTable } from './recorded-table.ts';
import { scoreRules } from './score-rules.ts';
import { sliceAlerts, sliceSilence, type SliceWatch } from './slice-alerts.ts';
import { ratingRules } from './rating-rules.ts';
import { sliceRules } from './slice-rules.ts';
import { tellingMoved } from './moved-features.ts';
import { webhookDeadAlert } from './webhook-alerts.ts';
import { noDataAlert, noFeedbackAlerts, noTrafficAlerts } from './silence-alerts.ts';
import {
  promDuration,
  type AlertRule,
  type RecordingRule,
  type RuleFile,
  type RuleGroup,
  type RuleScope,
} from './rule.ts';

export type RuleOptions = Readonly<{
  namespace?: string;
  /** How often Prometheus evaluates; a window should be a multiple of it. */
  evaluationMs: number;
  /** The window of charts where a model watches nothing. Default one hour. */
  windowMs?: number;
  /** The public address of the console, for the links of alerts. */
  consoleUrl?: string;
  /** Labels in which two instances' copies of a series can differ. */
  instanceLabels?: readonly string[];
}>;

const counters = [
  'outcomes',
  'outcomesWithdrawn',
  'predictions',
  'featureBins',
] as const satisfies readonly MetricKey[];
const gauges = [
  'championInfo',
  'referenceShare',
  'referenceLabelShare',
] as const satisfies readonly MetricKey[];

/** What a scrape adds to tell instances apart, by itself, in `dev`, or in Kubernetes. */
const targetLabels = ['instance', 'job', 'role', 'pod', 'container', 'endpoint', 'service', 'node'];

/** Evaluations without any series after which a model counts as silent. */
const noDataEvaluations = 5;
const defaultWindowMs = 3_600_000;

type Quality = Extract<Watch, { kind: 'quality' }>;
type Drift = Extract<Watch, { kind: 'drift' }>;
const isEstimated = (watch: Watch): watch is Estimated => watch.kind === 'estimated';
const isObjective = (watch: Watch): watch is Objective => watch.kind === 'objective';
const isData = (watch: Watch): watch is DataWatch => watch.kind === 'data';
const isSlice = (watch: Watch): watch is SliceWatch => watch.kind === 'slice';
const isDetector = (watch: Watch): watch is DetectorWatch => watch.kind === 'detector';
const isQuality = (watch: Watch): watch is Quality => watch.kind === 'quality';
const isOffBy = (watch: Watch): watch is OffByWatch => watch.kind === 'off-by';
const isDrift = (watch: Watch): watch is Drift => watch.kind === 'drift' && !keepsBudget(watch);
const isFolded = (watch: Watch): watch is DetectorWatch | BudgetWatch =>
  isDetector(watch) || keepsBudget(watch);

/** The windows that the rules of a model look at; the first of each is the one that charts show. */
export function watchedWindows(
  model: Pick<ModelConfig, 'watch'>,
  { windowMs = defaultWindowMs }: Pick<RuleOptions, 'windowMs'> = {},
): { outcomes: number[]; inputs: number[] } {
  const distinct = (watches: readonly (Quality | Drift | OffByWatch)[], otherwise: number) => {
    const windows = [...new Set(watches.map((watch) => milliseconds(watch.window)))];
    return windows.length > 0 ? windows : [otherwise];
  };
  const outcomes = distinct(
    model.watch.filter((watch) => isQuality(watch) || isOffBy(watch)),
    windowMs,
  );
  return { outcomes, inputs: distinct(model.watch.filter(isDrift), outcomes[0] ?? windowMs) };
}

/** What is expected without labels is recorded beside what was realised, and where it is watched. */
const estimatedWindows = ({ watch }: Pick<ModelConfig, 'watch'>, outcomes: readonly number[]): number[] => [
  ...new Set([...outcomes, ...watch.filter(isEstimated).map(({ window }) => milliseconds(window))]),
];

/** Windows that something else looks at too, and those of these watches. */
const withWindows = (
  windows: readonly number[],
  watches: readonly Readonly<{ window: string }>[],
): number[] => [...new Set([...windows, ...watches.map(({ window }) => milliseconds(window))])];

/** The longest window of any rule: Prometheus has to keep its samples for longer than that. */
export const longestWindowMs = (models: readonly Pick<ModelConfig, 'watch'>[]): number =>
  Math.max(
    ...models.flatMap((model) => [
      ...Object.values(watchedWindows(model)).flat(),
      ...model.watch.filter(isEstimated).map(({ window }) => milliseconds(window)),
      ...model.watch.filter(isObjective).map(({ over }) => milliseconds(over)),
      ...[...model.watch.filter(isFolded), ...model.watch.filter(isSlice)].map(({ window }) =>
        milliseconds(window),
      ),
      // A rise is one against the window before.
      ...model.watch.filter(isData).map(({ window }) => 2 * milliseconds(window)),
    ]),
  );

function gaugeRules(scope: RuleScope): RecordingRule[] {
  const champion = maxOf('championInfo', scope);
  return [
    ...gauges.map((metric) => recordMax(metric, scope)),
    {
      record: recordedTable.championRegret.name,
      expr: `${recordMax('regret', scope).expr} and on (namespace, model, version) ${champion}`,
    },
    { record: recordedTable.trainingPrice.name, expr: recordMax('trainingPrice', scope).expr },
  ];
}

function alerts(scope: RuleScope, model: ModelConfig, options: RuleOptions): AlertRule[] {
  const qualities = model.watch.filter(isQuality);
  const bounded = model.watch.filter((watch) => isQuality(watch) || isOffBy(watch));
  const noFeedback = watchedWindows(model, options).outcomes.flatMap((windowMs) => {
    const needed = bounded.filter((q) => milliseconds(q.window) === windowMs).map((q) => q.minRows);
    return noFeedbackAlerts(scope, { windowMs, minRows: needed.length > 0 ? Math.min(...needed) : 1 });
  });
  const changed = [
    ...regretAlerts(scope, model),
    ...qualities.flatMap((watch) => qualityAlerts(scope, watch)),
    ...model.watch.filter(isOffBy).flatMap((watch) => offByAlerts(scope, watch)),
    ...model.watch.filter(isAsHappened).flatMap((watch) => happenedAlerts(scope, watch)),
    ...model.watch
      .filter(isObjective)
      .flatMap((watch) => objectiveAlerts(scope, watch, options.evaluationMs)),
    ...model.watch.filter(isEstimated).flatMap((watch) => estimatedAlerts(scope, watch)),
    ...model.watch.filter(isDetector).flatMap((watch) => detectorAlerts(scope, watch)),
    ...model.watch.filter(keepsBudget).map((watch) => budgetAlert(scope, watch)),
    ...model.watch.filter(isDrift).flatMap((watch) => driftAlerts(scope, watch)),
    ...model.watch.filter(isSlice).flatMap((watch) => sliceAlerts(scope, watch)),
    ...model.watch.filter(isData).flatMap((watch) => dataAlerts(scope, watch)),
  ];
  const silent = [
    noDataAlert(scope, noDataEvaluations * options.evaluationMs),
    ...noFeedback,
    ...watchedWindows(model, options).outcomes.flatMap((windowMs) => noTrafficAlerts(scope, windowMs)),
    ...model.watch.filter(isSlice).flatMap((watch) => sliceSilence(scope, watch)),
    ...model.watch.filter(isAsHappened).map((watch) => coverageAlert(scope, watch)),
    ...(model.rollout.drill === undefined ? [] : drillAlerts(scope, model.rollout.drill)),
  ];
  return [...changed.map(tellingMoved(scope, watchedWindows(model, options).inputs[0]!)), ...silent]
    .map((rule) => tellingFirstSeen(rule))
    .map(tellingWhereToLook(options.consoleUrl, model.name));
}

/** What error budgets need: the quality in windows that nothing else looks at, and what burns in them. */
function objectives(
  scope: RuleScope,
  model: ModelConfig,
  evaluationMs: number,
  known: readonly number[],
): RecordingRule[] {
  const watches = model.watch.filter(isObjective);
  const windows = new Set(watches.flatMap((watch) => objectiveWindows(watch, evaluationMs)));
  return [
    ...[...windows]
      .filter((windowMs) => !known.includes(windowMs))
      .flatMap((windowMs) => outcomeRules(scope, windowMs, { rates: false })),
    ...watches.flatMap((watch) => objectiveRules(scope, watch, evaluationMs)),
  ];
}

function rulesOfModel(
  model: ModelConfig,
  namespace: string,
  { instanceLabels = targetLabels, ...options }: RuleOptions,
): RuleGroup {
  const scope: RuleScope = { namespace, model: model.name, instanceLabels };
  const windows = watchedWindows(model, options);
  return {
    name: `driftloop/${namespace}/${model.name}`,
    interval: promDuration(options.evaluationMs),
    rules: [
      ...gaugeRules(scope),
      ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
      ...windows.outcomes.flatMap((windowMs) =>
        outcomeRules(scope, windowMs, { byLabel: model.task.kind === 'classification' }),
      ),
      ...(model.task.kind === 'regression' ? offByRules(scope, windows.outcomes) : []),
      ...(model.task.kind === 'generation' ? ratingRules(scope, windows.outcomes) : []),
      ...happenedRules(scope),
      ...estimatedRules(scope, estimatedWindows(model, windows.outcomes)),
      ...confidenceRules(scope, estimatedWindows(model, windows.outcomes)),
      ...scoreRules(scope, windows.outcomes),
      ...sliceRules(scope, model, withWindows(windows.outcomes, model.watch.filter(isSlice))),
      ...objectives(scope, model, options.evaluationMs, windows.outcomes),
      ...detectorRules(scope, model.watch.filter(isFolded)),
      ...windows.inputs.flatMap((windowMs) => inputRules(scope, windowMs)),
      ...dataRules(scope, withWindows(windows.inputs, model.watch.filter(isData)), windows.outcomes),
      ...alerts(scope, model, options),
    ],
  };
}

/**
 * Recording and alert rules of these models, and the alerts of the installation, as the object that a Prometheus rule
 * file holds.
 */
export function generateRules(models: readonly ModelConfig[], options: RuleOptions): RuleFile {
  const namespace = options.namespace ?? 'default';
  return {
    groups: [
      ...models.map((model) => rulesOfModel(model, namespace, options)),
      {
        name: `driftloop/${namespace}`,
        interval: promDuration(options.evaluationMs),
        rules: [webhookDeadAlert(namespace)],
      },
    ],
  };
}
