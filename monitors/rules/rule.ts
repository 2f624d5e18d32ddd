/** Prometheus rules as data; `stringify` of the npm package yaml makes the rule file of it. */
export type RecordingRule = Readonly<{
  record: string;
  expr: string;
  labels?: Readonly<Record<string, string>>;
}>;

export type AlertRule = Readonly<{
  alert: string;
  expr: string;
  for?: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}>;

export type RuleGroup = Readonly<{
  name: string;
  interval: string;
  rules: readonly (RecordingRule | AlertRule)[];
}>;
export type RuleFile = Readonly<{ groups: readonly RuleGroup[] }>;

/** What the rules of one model are written for. */
export type RuleScope = Readonly<{
  namespace: string;
  model: string;
  /** Labels in which the copies of one series differ, because several instances export it. */
  instanceLabels: readonly string[];
}>;

/** `{namespace="default",model="churn",window="1d"}` */
export function selector(
  { namespace, model }: Pick<RuleScope, 'namespace' | 'model'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const matchers = Object.entries({ namespace, model, ...more });
  return `{${matchers.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** A duration as Prometheus writes it, in its largest whole unit: 90_000 is `90s`. At least one millisecond. */
export function promDuration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  const [unit, size] = units.find(([, size]) => whole % size === 0) ?? ['ms', 1];
  return `${whole / size}${unit}`;
}
