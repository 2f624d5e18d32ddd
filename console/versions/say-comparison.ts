import type { Lede } from '../sentences.ts';
import { metricName, sayMetric, sayMetricChange } from '../metric-words.ts';
import { count, counted, rate, sayAnswer, sentence } from '../wording.ts';
import type {
  ComparedFlip,
  ComparedVersion,
  ConfigDifference,
  DirectComparison,
  VersionComparison,
} from './compare-versions.ts';

type Estimate = Readonly<{ estimate: number; low: number; high: number }>;

/** Which of the two is better, as far as a test says so; then what made them differ. */
export function comparisonLede(comparison: VersionComparison): Lede {
  const { a, b, direct } = comparison;
  const [first, second] = [a.version.version, b.version.version];
  const accuracy = direct?.metrics.find(({ name }) => name === 'accuracy') ?? direct?.metrics[0];
  return {
    answer:
      direct === null || accuracy === undefined
        ? `No gate has held ${second} against ${first}: their tests had other rows, so their figures do not compare.`
        : sayDirect([first, second], accuracy, direct),
    why: [sayFlips(comparison), sayData(comparison), sayConfig(comparison)]
      .filter((text) => text !== null)
      .join(' '),
  };
}

function sayDirect(
  [first, second]: readonly [string, string],
  { name, difference }: { name: string; difference: Estimate },
  { rows, proven }: DirectComparison,
): string {
  const of = `${metricName(name)} on ${counted(rows, 'row')} that both answered: ${sayEstimate(difference, (value) => sayMetricChange(name, value))}`;
  if (proven === second && difference.estimate > 0) return `${second} is better than ${first}. ${of}.`;
  if (proven === first && difference.estimate < 0) return `${second} is worse than ${first}. ${of}.`;
  if (difference.low > 0 || difference.high < 0) {
    const ahead = difference.low > 0 ? second : first;
    return `${ahead} was ahead, which the gate does not take for proof. ${of}.`;
  }
  return `Which of ${first} and ${second} is better is not clear. ${of}.`;
}

/** The cells of a metric: one version, the other, the difference. */
export const sayComparedMetric = ({
  name,
  a,
  b,
  difference,
}: DirectComparison['metrics'][number]): [string, string, string, string] => {
  const say = (value: number) => sayMetric(name, value);
  return [
    metricName(name),
    sayEstimate(a, say),
    sayEstimate(b, say),
    sayEstimate(difference, (value) => sayMetricChange(name, value)),
  ];
};

/** An example as it is read: what was true, and what each said. */
export const sayFlip = ({ label, a, b }: ComparedFlip, { task }: Pick<VersionComparison, 'task'>) => ({
  label: sayAnswer(label, task),
  a: sayAnswer(a, task),
  b: sayAnswer(b, task),
});

export const sayEstimate = (
  { estimate, low, high }: Estimate,
  say: (value: number) => string = rate,
): string => `${say(estimate)} [${say(low)}, ${say(high)}]`;

function sayFlips({ a, b, direct }: VersionComparison): string | null {
  if (direct?.flips == null) return null;
  const { onlyA, onlyB } = direct.flips;
  return `Only ${b.version.version} was right on ${count(onlyB)}, only ${a.version.version} on ${count(onlyA)}.`;
}

/** What they have learnt from. */
export function sayData({ a, b, data }: VersionComparison): string | null {
  const { both, onlyA, onlyB, isWhole } = data;
  if (both + onlyA + onlyB === 0) return null;
  const unknown = isWhole ? '' : ' Not everything that they saw is known.';
  return `In training they saw ${counted(both, 'row')} in common, ${count(onlyA)} only ${a.version.version}, ${count(onlyB)} only ${b.version.version}.${unknown}`;
}

function sayConfig({ config }: VersionComparison): string {
  if (config === null) return 'One of them was not made by a run, so no config says how.';
  return config.length === 0
    ? 'Their configs say the same.'
    : `Their configs differ in ${counted(config.length, 'place')}.`;
}

/** A value of a config as it would be typed. */
export const sayValue = (value: unknown): string =>
  value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);

export const sayDifference = ({ path, a, b }: ConfigDifference): string =>
  `${path}: ${sayValue(a)} → ${sayValue(b)}`;

/** Why it was made, and from what. */
export function sayMaking({ version, trigger, snapshot, backend }: ComparedVersion): string {
  const why = trigger === null ? 'Imported or bootstrapped by a person.' : sentence(trigger.reason);
  const rows =
    snapshot === null
      ? ''
      : ` Learnt from ${counted(snapshot.rows['train'] ?? 0, 'row')} and ${count(snapshot.rows['rehearsal'] ?? 0)} rehearsed ones.`;
  const base = version.parent === null ? '' : ` After ${version.parent}.`;
  return `${why}${base}${rows}${backend === null ? '' : ` Trained on ${backend}.`}`;
}
