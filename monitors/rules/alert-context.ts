/** What every alert tells beside its sentence: since when it holds, and where to look. */
import type { AlertRule } from './rule.ts';

/** Labels of an alert that come with its series, so that their values are not known when the rule is written. */
const ofModels = ['version', 'feature', 'problem', 'slice', 'value'] as const;

/**
 * The same alert, telling when its expression first held without a break. Prometheus keeps that moment itself, in
 * `ALERTS_FOR_STATE`; at the first evaluation it is now.
 */
export function tellingFirstSeen(rule: AlertRule, fromSeries: readonly string[] = ofModels): AlertRule {
  const known = Object.entries({ alertname: rule.alert, ...rule.labels }).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  const unknown = fromSeries.map((name) => `${name}=%q`);
  const values = fromSeries.map((name) => `$labels.${name}`).join(' ');
  const when = '{{ . | first | value | humanizeTimestamp }}';
  const firstSeen =
    `{{ with printf \`ALERTS_FOR_STATE{${[...known, ...unknown].join(',')}}\` ${values} | query }}${when}` +
    `{{ else }}{{ with query "time()" }}${when}{{ end }}{{ end }}`;
  return { ...rule, annotations: { ...rule.annotations, firstSeen } };
}

/** The same alert with the address of its model in the console; as it is where nobody said what that is. */
export const tellingWhereToLook =
  (consoleUrl: string | undefined, model: string): ((rule: AlertRule) => AlertRule) =>
  (rule) =>
    consoleUrl === undefined
      ? rule
      : {
          ...rule,
          annotations: {
            ...rule.annotations,
            link: new URL(`models/${model}`, consoleUrl.endsWith('/') ? consoleUrl : `${consoleUrl}/`).href,
          },
        };
