import { expect } from 'vitest';
import { everyStream } from '../../../../monitors/detectors/streams/every-stream.ts';
import { kswin } from '../../../../monitors/detectors/streams/kswin.ts';
import { kolmogorovSmirnov } from '../../../../monitors/detectors/samples/ks.ts';
import { checkEvery, expectClose, notChecked, readVector, toleranceOf } from '../vector.ts';
import type { Vector } from '../vector.ts';

type Stream = { stream: number[] };
type Changes = { true_change_points: number[] };

const isNumbers = (values: unknown): values is number[] =>
  Array.isArray(values) && values.length > 0 && values.every(Number.isFinite);

/** An input on its own is no case: it holds numbers. */
export function stream({ id, input, expected }: Vector<Stream, Changes>): void {
  expect(isNumbers(input.stream), `${id} holds numbers`).toBe(true);
  checkEvery(
    expected,
    { true_change_points: notChecked, n: (n: number) => expect(input.stream).toHaveLength(n) },
    id,
  );
}

type Fed = { stream?: number[]; stream_file?: string; transform?: string };

/** The numbers that a case feeds, and where they change. */
function fed({ id, input }: Vector<Fed, unknown>): { xs: number[]; changes: number[] } {
  const source = input.stream_file && readVector<Stream, Changes>(input.stream_file.replace(/\.json$/, ''));
  const xs = source ? source.input.stream : input.stream;
  if (!isNumbers(xs)) throw new Error(`${id} feeds no numbers`);
  const changes = (source && source.expected.true_change_points) || [];
  if (input.transform === undefined) return { xs, changes };
  if (!input.transform.startsWith('value = 1 - x')) throw new Error(`${id} feeds by "${input.transform}"`);
  return { xs: xs.map((x) => 1 - x), changes };
}

/** What the columns of a trace are in our states. */
const columns: Record<string, Record<string, (state: Record<string, number>) => number | null>> = {
  adwin: {
    width: ({ width }) => width!,
    estimation: ({ total, width }) => total! / width!,
    variance_sum_of_squares: ({ variance }) => variance!,
    total: ({ total }) => total!,
    n_detections_since_reset: ({ drift }) => Number(drift),
  },
  ddm: {
    p: ({ p }) => p!,
    n: ({ n }) => n!,
    p_min: ({ hasMin, p_min }) => (hasMin ? p_min! : null),
    s_min: ({ hasMin, s_min }) => (hasMin ? s_min! : null),
  },
  'page-hinkley': {
    mean: ({ mean }) => mean!,
    sum_increase: ({ sumUp }) => sumUp!,
    sum_decrease: ({ sumDown }) => sumDown!,
  },
};

/** A case of the detector of that name: the indices, and the state on the way. */
export const detector =
  (name: string) =>
  (vector: Vector<Fed>): void => {
    const { id, params } = vector;
    const { xs } = fed(vector);
    const made = everyStream.find((stream) => stream.name === name)!.create(params);
    const { driftIndices, warningIndices } = made.observeAll(made.start(), xs);
    const names = (vector.expected['trace_columns'] ?? []) as string[];
    checkEvery(
      vector.expected,
      {
        drift_indices: (indices: number[]) => expect(driftIndices, `${id} drifts`).toEqual(indices),
        warning_indices: (indices: number[]) => expect(warningIndices, `${id} warnings`).toEqual(indices),
        trace_columns: (all: string[]) => expect(all[0]).toBe('index'),
        trace(rows: (number | null)[][]) {
          let [state, seen] = [made.start(), 0];
          for (const [index, ...values] of rows) {
            expect(index, `${id}, a row of the trace`).toBeLessThan(xs.length);
            state = made.observeAll(state, xs.slice(seen, index! + 1)).state;
            seen = index! + 1;
            for (const [k, expected] of values.entries()) {
              const read = columns[name]?.[names[k + 1]!];
              if (read === undefined) throw new Error(`${id}: nobody reads the column "${names[k + 1]}"`);
              const actual = read(state as unknown as Record<string, number>);
              const what = `${id}, ${names[k + 1]} at ${index}`;
              if (expected === null || actual === null) expect(actual, what).toBe(expected);
              else expectClose(actual, expected, toleranceOf(vector, 'float'), what);
            }
          }
        },
      },
      id,
    );
  };

type Drawn = Fed & { sampled: [i: number, drawn: number[], p: number, isDrift: boolean][] };
type Quantiles = [number, number, number, number, number] | null;
type OverSeeds = {
  first_detection_at_or_after_cp_quantiles_0_5_50_95_100: Quantiles;
  detected_fraction: number;
  false_alarms_before_cp_quantiles: Quantiles;
  detections_quantiles: Quantiles;
};

/** Draws of ours, to set beside theirs: enough for a difference that matters, few enough for a second. */
const SEEDS = 40;
const STANDARD_ERRORS = 4;

/** The same draws give the same p-values; draws of our own behave as theirs do. */
export function kswinCase(vector: Vector<Drawn>): void {
  const { id, params, input } = vector;
  const { xs, changes } = fed(vector);
  const { window_size: size, stat_size: part, alpha } = params as Record<string, number>;
  for (const [i, drawn, p, isDrift] of input.sampled) {
    const window = xs.slice(i + 1 - size!, i + 1);
    const { statistic, pValue } = kolmogorovSmirnov(
      drawn.map((k) => window[k]!),
      window.slice(-part!),
      { alternative: 'two-sided', method: 'auto' },
    );
    expectClose(pValue, p, toleranceOf(vector, 'p_value'), `${id}, p at ${i}`);
    expect(pValue <= alpha! && statistic > 0.1, `${id}, drift at ${i}`).toBe(isDrift);
  }
  const drifts = input.sampled.filter(([, , , isDrift]) => isDrift).map(([i]) => i);
  const summary = /^over_(\d+)_seeds_first_(\d+)$/;
  const checks = Object.fromEntries(
    Object.keys(vector.expected)
      .map((name) => summary.exec(name))
      .filter((found) => found !== null)
      .map(([name, theirSeeds, values]) => [
        name,
        (theirs: OverSeeds) => {
          const runs = Array.from({ length: SEEDS }, (_, seed) => {
            const made = kswin.create({ ...params, seed });
            return made.observeAll(made.start(), xs.slice(0, Number(values))).driftIndices;
          });
          asOften(id, runs, changes[0] ?? xs.length, theirs, Number(theirSeeds));
        },
      ]),
  );
  checkEvery(
    vector.expected,
    { ...checks, drift_indices_with_this_rng: (indices: number[]) => expect(drifts).toEqual(indices) },
    id,
  );
}

function asOften(id: string, runs: number[][], change: number, theirs: OverSeeds, theirSeeds: number): void {
  const firsts = runs.map((found) => found.find((i) => i >= change)).filter((i) => i !== undefined);
  const error = (share: number, n: number, m: number) => Math.sqrt(share * (1 - share) * (1 / n + 1 / m));
  /** The share of ours up to a quantile of theirs is what the quantile says, as far as chance allows. */
  const alike = (ours: number[], quantiles: Quantiles, seeds: number, what: string) => {
    for (const [k, share] of [0.05, 0.5, 0.95].entries()) {
      const quantile = quantiles![k + 1]!;
      const slack = STANDARD_ERRORS * error(share, ours.length, seeds);
      const below = ours.filter((x) => x < quantile).length / ours.length;
      const upTo = ours.filter((x) => x <= quantile).length / ours.length;
      expect(below, `${id}, ${what} below their ${share}`).toBeLessThanOrEqual(share + slack);
      expect(upTo, `${id}, ${what} up to their ${share}`).toBeGreaterThanOrEqual(share - slack);
    }
  };
  checkEvery(
    theirs,
    {
      detected_fraction(share: number) {
        const slack = STANDARD_ERRORS * error(Math.min(Math.max(share, 0.02), 0.98), SEEDS, theirSeeds);
        expect(Math.abs(firsts.length / SEEDS - share), `${id}, detected`).toBeLessThanOrEqual(slack);
      },
      first_detection_at_or_after_cp_quantiles_0_5_50_95_100(quantiles: Quantiles) {
        if (quantiles === null) return expect(firsts, `${id}, first`).toEqual([]);
        alike(firsts, quantiles, theirSeeds * theirs.detected_fraction, 'first detections');
        const median = firsts.sort((a, b) => a - b)[Math.floor(firsts.length / 2)]!;
        expect(median, `${id}, median first`).toBeGreaterThanOrEqual(quantiles[0] - 5);
        expect(median, `${id}, median first`).toBeLessThanOrEqual(quantiles[4] + 5);
      },
      false_alarms_before_cp_quantiles: (quantiles: Quantiles) =>
        alike(
          runs.map((found) => found.filter((i) => i < change).length),
          quantiles,
          theirSeeds,
          'false alarms',
        ),
      detections_quantiles: (quantiles: Quantiles) =>
        alike(
          runs.map((found) => found.length),
          quantiles,
          theirSeeds,
          'detections',
        ),
    },
    id,
  );
}
