import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, selector, type AlertRule, type RuleScope } from './rule.ts';

/**
 * What an alert is about. `data`: rows are broken, which no training mends. `silence`: no data is neither health nor
 * drift. `rollback`: the way back is closed, slow or untried, which says nothing of the champion.
 */
export type AlertKind = 'regret' | 'quality' | 'estimated' | 'drift' | 'data' | 'silence' | 'rollback';
/** `suspected` is worth a look, `detected` may start a run. */
export type AlertLevel = 'suspected' | 'detected';

/** The series of one window (or without a window) that an alert looks at; `more` labels tell further ones apart. */
export const recorded = (
  key: RecordedKey,
  scope: RuleScope,
  window?: string,
  more: Readonly<Record<string, string>> = {},
): string =>
  `${recordedTable[key].name}${selector(scope, { ...(window === undefined ? {} : { window }), ...more })}`;

/** Joins a series of a version with another of the same version. */
export const onVersion = 'on (namespace, model, version)';

/** The value of an alert inside its sentence. */
export const valueWith = (digits: number): string => `{{ printf "%.${digits}f" $value }}`;

export type AlertSpec = Readonly<{
  alert: `Driftloop${string}`;
  kind: AlertKind;
  level: AlertLevel;
  expr: string;
  /** How long the expression must hold before the alert fires. */
  forMs: number;
  metric?: string;
  window?: string;
  /** One sentence for people, with the value and the bound in it. */
  sentence: string;
  /** A template of the value alone, for programs. */
  value: string;
  bound: number;
}>;

/** The labels say who, what and how sure; what varies (version, feature) comes with the series. */
export function alertRule({ namespace, model }: RuleScope, spec: AlertSpec): AlertRule {
  const { kind, level, metric, window } = spec;
  return {
    alert: spec.alert,
    expr: spec.expr,
    ...(spec.forMs > 0 ? { for: promDuration(spec.forMs) } : {}),
    labels: {
      namespace,
      model,
      kind,
      level,
      ...(metric === undefined ? {} : { metric }),
      ...(window === undefined ? {} : { window }),
    },
    annotations: { sentence: spec.sentence, value: spec.value, bound: String(spec.bound) },
  };
}
