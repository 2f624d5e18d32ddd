/**
 * A metric of the team's own, by its conditions: one value that meets `failure` fails, all that meet `success` succeed,
 * anything between is inconclusive. No value, NaN and a series that has ended are unknown, and unknown is not health.
 */
import {
  conditionOf,
  placeholderPattern,
  type Condition,
  type RolloutMetric,
} from '../../domain/rollout-config.ts';
import type { Check } from '../../domain/rollout.ts';

export function judgeMetric(values: readonly number[], metric: RolloutMetric): Check {
  const { name: check, success, failure, dryRun } = metric;
  const known = values.filter((value) => !Number.isNaN(value));
  const about = { check, dryRun };
  if (known.length === 0 || known.length < values.length)
    return {
      ...about,
      kind: 'inconclusive',
      sentence: `${check} has no value: its query finds nothing, or NaN.`,
    };
  const seen = `${check} is ${known.map((value) => Number(value.toPrecision(4))).join(', ')}`;
  if (failure !== undefined && known.some((value) => meets(value, conditionOf(failure))))
    return { ...about, kind: 'failed', sentence: `${seen}, which fails by "${failure}".` };
  return known.every((value) => meets(value, conditionOf(success)))
    ? { ...about, kind: 'successful', sentence: `${seen}.` }
    : { ...about, kind: 'inconclusive', sentence: `${seen}, and has to be "${success}".` };
}

function meets(value: number, { operator, bound }: Condition): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
    default:
      return operator satisfies never;
  }
}

/** The query of a metric with what it stands for filled in. */
export const queryOf = (
  { query }: Pick<RolloutMetric, 'query'>,
  values: Readonly<Record<'namespace' | 'model' | 'version' | 'champion' | 'window', string>>,
): string =>
  query.replaceAll(placeholderPattern, (whole, name: string) => values[name as keyof typeof values] ?? whole);
