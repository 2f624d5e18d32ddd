import { recorded } from './alert-rule.ts';
import { promDuration, type AlertRule, type RuleScope } from './rule.ts';

const MOST = 3;

/**
 * The same alert, telling beside its sentence which features of the champion have moved most: Prometheus fills it in
 * when the alert fires, as `nswprice (2.80), transfer (0.91)`, with the population stability index of each.
 */
export function tellingMoved(scope: RuleScope, windowMs: number): (alert: AlertRule) => AlertRule {
  const psi = recorded('championPsi', scope, promDuration(windowMs));
  const moved =
    `{{ with query \`sort_desc(topk(${MOST}, ${psi}))\` }}` +
    '{{ range $i, $s := . }}{{ if $i }}, {{ end }}{{ $s.Labels.feature }} ({{ printf "%.2f" $s.Value }}){{ end }}' +
    '{{ else }}unknown{{ end }}';
  return (alert) => ({ ...alert, annotations: { ...alert.annotations, moved } });
}
