import { recordMax, recordSince, risen } from './absolute-counters.ts';
import { recorded } from './alert-rule.ts';
import { recordedTable } from './recorded-table.ts';
import { promDuration, type RecordingRule, type RuleScope } from './rule.ts';

/** What people thought of the answers of the versions of a model that writes, window by window. */
export const ratingRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  recordMax('ratings', scope),
  recordSince('ratings', scope),
  ...windows.flatMap((windowMs): RecordingRule[] => {
    const window = promDuration(windowMs);
    const all = recorded('ratings', scope, window);
    const good = recorded('ratings', scope, window, { rating: 'good' });
    return [
      {
        record: recordedTable.ratings.name,
        expr: `sum without (partition) (${risen('ratings', scope, windowMs)})`,
        labels: { window },
      },
      {
        record: recordedTable.goodRatings.name,
        expr: `sum without (rating) (${good}) / (sum without (rating) (${all}) > 0)`,
        labels: { window },
      },
    ];
  }),
];
