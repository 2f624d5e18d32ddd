import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { Watch } from '../../domain/model-config.ts';
import { alertRule, onVersion, recorded, valueWith } from './alert-rule.ts';
import { burnRates } from './burn-rates.ts';
import { championMetrics } from './champion-metrics.ts';
import { recordedTable } from './recorded-table.ts';
import { promDuration, type AlertRule, type RecordingRule, type RuleScope } from './rule.ts';

export type Objective = Extract<Watch, { kind: 'objective' }>;

const stretchOf = ({ over, atLeast }: Objective, evaluationMs: number) => ({
  atLeast,
  overMs: milliseconds(over),
  evaluationMs,
});

/** The windows that the rules of an objective look at: the stretch itself, and those in which its budget burns. */
export const objectiveWindows = (objective: Objective, evaluationMs: number): number[] => [
  milliseconds(objective.over),
  ...burnRates(stretchOf(objective, evaluationMs)).flatMap(({ longMs, shortMs }) => [longMs, shortMs]),
];

/** What burns of the budget in each window, and what is left of it. */
export function objectiveRules(
  scope: RuleScope,
  objective: Objective,
  evaluationMs: number,
): RecordingRule[] {
  const { metric, atLeast } = objective;
  const { key } = championMetrics[metric];
  const [over, ...windows] = [...new Set(objectiveWindows(objective, evaluationMs))];
  const burning = (windowMs: number) =>
    `(1 - ${recorded(key, scope, promDuration(windowMs))}) / ${budgetOf(atLeast)}`;
  const labels = (windowMs: number) => ({
    window: promDuration(windowMs),
    metric,
    objective: String(atLeast),
  });
  return [
    ...windows.map((windowMs) => ({
      record: recordedTable.burnRate.name,
      expr: burning(windowMs),
      labels: labels(windowMs),
    })),
    { record: recordedTable.budgetLeft.name, expr: `1 - ${burning(over!)}`, labels: labels(over!) },
  ];
}

/** The budget burns too fast (detected and suspected), or is used up. */
export function objectiveAlerts(scope: RuleScope, objective: Objective, evaluationMs: number): AlertRule[] {
  const { metric, atLeast, minRows, over } = objective;
  const { words } = championMetrics[metric];
  const stretch = windowWords(milliseconds(over));
  const series = (of: 'burnRate' | 'budgetLeft', windowMs: number) =>
    recorded(of, scope, promDuration(windowMs), { metric, objective: String(atLeast) });
  const enough = (windowMs: number) =>
    `${onVersion} ${recorded('championLabelledRows', scope, promDuration(windowMs))} >= ${minRows}`;
  const common = { alert: 'DriftloopErrorBudget', kind: 'quality', metric, forMs: 0 } as const;
  const goal = `${words.toLowerCase()} of champion {{ $labels.version }} of {{ $labels.model }} shall be at least ${atLeast} over ${stretch}`;
  return [
    ...burnRates(stretchOf(objective, evaluationMs)).map(({ level, rate, longMs, shortMs, share }) =>
      alertRule(scope, {
        ...common,
        level,
        expr:
          `${series('burnRate', longMs)} >= ${rounded(rate)} and ${onVersion} ` +
          `${series('burnRate', shortMs)} >= ${rounded(rate)} and ${enough(longMs)}`,
        window: promDuration(longMs),
        sentence:
          `The error budget burns ${valueWith(1)} times as fast as it may: ${goal}. At ${rounded(rate)} times ` +
          `${windowWords(longMs)} cost ${Math.round(100 * share)} % of it.`,
        value: valueWith(6),
        bound: rounded(rate),
      }),
    ),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopObjectiveMissed',
      level: 'detected',
      expr: `${series('budgetLeft', milliseconds(over))} < 0 and ${enough(milliseconds(over))}`,
      window: promDuration(milliseconds(over)),
      sentence: `The error budget is used up: ${goal}, and what was wrong is more than that allows.`,
      value: valueWith(6),
      bound: 0,
    }),
  ];
}

/** What may be wrong, without the dust of floating point: 1 − 0.93 is 0.07. */
const budgetOf = (atLeast: number): number => Number((1 - atLeast).toPrecision(12));
const rounded = (rate: number): number => Number(rate.toPrecision(3));
