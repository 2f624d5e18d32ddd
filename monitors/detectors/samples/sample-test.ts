/**
 * What every test of two samples is: a reference and what is current go in, how far apart they are comes out, with a
 * p-value where there is one. Judge by the statistic first: with enough rows every difference is significant.
 */
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { readParams, whole } from '../knobs.ts';
import type { Knobs, ParamsOf } from '../knobs.ts';

/** Numbers of a feature, categories of one, or rows of numbers: embeddings, probabilities, several features. */
export type Samples = {
  numbers: readonly number[];
  categories: readonly string[];
  rows: readonly (readonly number[])[];
};
export type SampleKind = keyof Samples;
export type Sample = Samples[SampleKind];

/** Rows of one number each, where a test of rows is given numbers. */
export const asRows = (sample: Samples['rows'] | Samples['numbers']): Samples['rows'] =>
  typeof sample[0] === 'number'
    ? (sample as Samples['numbers']).map((x) => [x])
    : (sample as Samples['rows']);

/** Of a distance that has no p-value of its own. */
export const permutationKnobs = {
  permutations: whole(
    0,
    { atLeast: 0, atMost: 100_000 },
    'splits that the p-value is drawn from; 0 gives none',
  ),
  seed: whole(0, { atLeast: 0 }, 'of the splits'),
};

/** Three rows here and three there, for the examples of tests of rows. */
export const exampleRows = {
  reference: [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
  current: [
    [4, 5],
    [5, 4],
    [5, 5],
  ],
} as const;

export type Compared = Readonly<{ statistic: number; pValue: number | null }>;

type Description<K extends Knobs> = Readonly<{
  name: string;
  /** Other names that are understood. */
  also?: readonly string[];
  /** The question, in one sentence. */
  answers: string;
  /** What the statistic is, and its range. */
  measures: string;
  takes: readonly SampleKind[];
  knobs: K;
  /** Paper, and the implementation that it agrees with. */
  source: string;
  /** What it says of two small samples; a test runs it. */
  example: Readonly<{ reference: Sample; current: Sample; statistic: number; pValue: number | null }>;
}>;

type SampleMethod<K extends Knobs, Kind extends SampleKind> = Description<K> &
  Readonly<{
    takes: readonly Kind[];
    rule?: (params: ParamsOf<K>) => string | null;
    compare: (reference: Samples[Kind], current: Samples[Kind], params: ParamsOf<K>) => Compared;
  }>;

export type SampleTest<K extends Knobs> = Description<K> &
  Readonly<{
    /**
     * @throws DL_DETECTOR_PARAMS; DL_STATISTIC_INPUT for samples that are empty, have gaps, or are of another kind
     */
    compare(reference: Sample, current: Sample, params?: Partial<ParamsOf<K>>): Compared;
  }>;

/** Makes a test, with its checks, of the comparison that is its own. */
export function defineSampleTest<const K extends Knobs, const Kind extends SampleKind>(
  method: SampleMethod<K, Kind>,
): SampleTest<K> {
  const { rule, compare, ...description } = method;
  const { name, knobs, takes } = method;
  return {
    ...description,
    compare(reference, current, given = {}) {
      const params = readParams(name, knobs, given, rule);
      const kinds = [kindOf(name, reference), kindOf(name, current)];
      const isTaken = kinds[0] === kinds[1] && takes.includes(kinds[0] as Kind);
      if (!isTaken)
        throw new InvalidInput(
          name,
          `${kinds[0]} cannot be compared with ${kinds[1]} here`,
          `${name} takes ${takes.join(' or ')} on both sides.`,
        );
      return compare(reference as Samples[Kind], current as Samples[Kind], params);
    },
  };
}

function kindOf(name: string, sample: Sample): SampleKind {
  const [first] = sample;
  const refuse = (problem: string): never => {
    throw new InvalidInput(name, problem, 'Leave out missing values, and give at least one of one kind.');
  };
  if (typeof first === 'string')
    return sample.every((value) => typeof value === 'string')
      ? 'categories'
      : refuse('a category stands beside what is none');
  if (typeof first === 'number') {
    const at = (sample as readonly unknown[]).findIndex((value) => !Number.isFinite(value));
    return at === -1 ? 'numbers' : refuse(`the value at index ${at} is ${String(sample[at])}`);
  }
  if (!Array.isArray(first)) return refuse(first === undefined ? 'a sample is empty' : 'a value is missing');
  const width = first.length;
  const at = (sample as readonly unknown[]).findIndex(
    (row) => !Array.isArray(row) || row.length !== width || width === 0 || !row.every(Number.isFinite),
  );
  return at === -1
    ? 'rows'
    : refuse(`the row at index ${at} has gaps, or not the ${width} numbers of the first`);
}
