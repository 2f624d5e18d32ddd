import type { MetricKey } from '../metrics/metric-table.ts';
import { risen } from './absolute-counters.ts';
import { recorded } from './alert-rule.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, type RecordingRule, type RuleScope } from './rule.ts';

/** What the rules of one window are written with: its series to read, the rules that record them, and what its counters rose by. */
export function seriesIn(scope: RuleScope, windowMs: number) {
  const window = promDuration(windowMs);
  return {
    window,
    of: (key: RecordedKey, more: Readonly<Record<string, string>> = {}): string =>
      recorded(key, scope, window, more),
    record: (key: RecordedKey, expr: string, more: Readonly<Record<string, string>> = {}): RecordingRule => ({
      record: recordedTable[key].name,
      expr,
      labels: { window, ...more },
    }),
    /** Of all partitions together. */
    rose: (metric: MetricKey): string => `sum without (partition) (${risen(metric, scope, windowMs)})`,
  };
}
