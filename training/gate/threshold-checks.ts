/**
 * Bounds of metrics: of the challenger itself, and of its change from the champion. A bound is kept when the whole
 * interval keeps it, broken when the whole interval breaks it; an interval that straddles it asks for more labels.
 */
import { count } from '../../domain/count.ts';
import type { GateMetric, Threshold } from '../../domain/gate-config.ts';
import { againstLower, againstUpper, figure, rowsToSettle } from './check.ts';
import type { Check, Interval } from './check.ts';
import type { MetricEstimate } from './estimate-metrics.ts';

const LESS_IS_BETTER: readonly GateMetric[] = ['logLoss', 'brier', 'ece', 'mae', 'rmse'];

export function thresholdChecks(
  threshold: Threshold,
  { challenger, difference, relative }: MetricEstimate,
  rows: number,
): Check[] {
  const { metric, lowerBound, upperBound, change } = threshold;
  const isLower = (change?.direction ?? (LESS_IS_BETTER.includes(metric) ? 'lower' : 'higher')) === 'lower';
  const side = isLower ? 'most' : 'least';
  return [
    bounded(`${metric}.lowerBound`, metric, challenger, lowerBound, 'least', rows),
    bounded(`${metric}.upperBound`, metric, challenger, upperBound, 'most', rows),
    bounded(`${metric}.change.absolute`, `the change of ${metric}`, difference, change?.absolute, side, rows),
    bounded(
      `${metric}.change.relative`,
      `the change of ${metric}, as a share,`,
      relative,
      change?.relative,
      side,
      rows,
    ),
  ].flatMap((check) => check ?? []);
}

/** An estimate against a bound that it may not undercut (`least`) or exceed (`most`); null without a bound. */
export function bounded(
  name: string,
  what: string,
  { estimate, low, high }: Interval & { estimate: number },
  bound: number | undefined,
  side: 'least' | 'most',
  rows: number,
): Check | null {
  if (bound === undefined) return null;
  if (!Number.isFinite(estimate))
    return {
      name,
      value: null,
      interval: null,
      bound,
      result: 'fail',
      rows,
      sentence: `${startSentence(what)} is not defined on these rows.`,
    };
  const interval = { low, high };
  const result = side === 'least' ? againstLower(interval, bound) : againstUpper(interval, bound);
  const asked = `and has to be at ${side} ${figure(bound)}`;
  const is = `${startSentence(what)} is ${figure(estimate)} (between ${figure(low)} and ${figure(high)}), ${asked}`;
  if (result !== 'hold')
    return { name, value: estimate, interval, bound, side, result, rows, sentence: `${is}.` };
  const labelsNeeded = rowsToSettle(rows, estimate, interval, bound);
  const missing =
    labelsNeeded === null ? 'it is too close to say how many' : `about ${count(labelsNeeded)} more labels`;
  return {
    name,
    value: estimate,
    interval,
    bound,
    side,
    result,
    rows,
    sentence: `${is}: that cannot be told yet (${missing}).`,
    labelsNeeded,
  };
}

/** Names of metrics stay as they are written. */
const startSentence = (what: string): string => (what.startsWith('the ') ? `T${what.slice(1)}` : what);
