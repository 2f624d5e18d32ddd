/**
 * Counting with absolute counters.
 *
 * Every instance exports what the database says, so the copies of a series agree but for a scrape's delay: take their
 * maximum first. What came in within a window w is then a plain difference, exact to the row:
 *
 *     x − (x offset w, or the value with which x was first seen)
 *
 * `increase()` is not used: it extrapolates to the borders of the window, which turns counts into fractions, and a
 * window of ten scrapes is off by up to a tenth. A counter that falls (a restored database) makes a difference
 * negative; it counts as 0 until the window has passed. See docs/decisions/counting-in-a-window.md.
 */
import { metricTable, type MetricKey } from '../metrics/metric-table.ts';
import { promDuration, selector, type RecordingRule, type RuleScope } from './rule.ts';

/** `driftloop_outcomes_total` becomes `driftloop:outcomes`. */
const stem = (metric: MetricKey): string =>
  `driftloop:${metricTable[metric].name.replace(/^driftloop_/, '').replace(/_total$/, '')}`;

/** The one series out of the copies of all instances; `more` labels tell further ones apart. */
export const maxOf = (
  metric: MetricKey,
  scope: RuleScope,
  more: Readonly<Record<string, string>> = {},
): string => `${stem(metric)}:max${selector(scope, more)}`;

export function recordMax(metric: MetricKey, scope: RuleScope): RecordingRule {
  const copies = `${metricTable[metric].name}${selector(scope)}`;
  return {
    record: `${stem(metric)}:max`,
    expr: `max without (${scope.instanceLabels.join(', ')}) (${copies})`,
  };
}

/**
 * The value with which a series was first seen: the rule reads its own last answer, and forgets it when the series
 * has a gap. A new version starts at 0 and loses nothing; an old series that a fresh Prometheus meets at 100,000
 * starts at 100,000, not with a hundred thousand rows in its first window.
 */
export function recordSince(metric: MetricKey, scope: RuleScope): RecordingRule {
  const now = maxOf(metric, scope);
  const before = `${stem(metric)}:since${selector(scope)}`;
  return { record: `${stem(metric)}:since`, expr: `(${before} or ${now}) and ${now}` };
}

/** PromQL: by how much a counter rose within the window, a series each. */
export function risen(
  metric: MetricKey,
  scope: RuleScope,
  windowMs: number,
  more: Readonly<Record<string, string>> = {},
): string {
  const now = maxOf(metric, scope, more);
  const since = `${stem(metric)}:since${selector(scope, more)}`;
  return `clamp_min(${now} - (${now} offset ${promDuration(windowMs)} or ${since}), 0)`;
}
