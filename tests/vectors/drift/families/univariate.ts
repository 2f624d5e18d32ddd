import { expect } from 'vitest';
import {
  categoryDistances,
  driftOfCategories,
  driftOfNumbers,
  numberDistances,
} from '../../../../monitors/detectors/samples/feature-drift.ts';
import type { DriftOfChunk } from '../../../../monitors/detectors/samples/feature-drift.ts';
import { checkEvery, expectClose, toleranceOf } from '../vector.ts';
import type { Vector } from '../vector.ts';

type Columns = Record<string, (number | string)[]>;
type Wanted = { value: number[]; upper_threshold: number | null; alert: boolean[] };

/** How the file names a tolerance. */
const toleranceNames: Record<string, string> = { kolmogorov_smirnov: 'ks' };

export function univariateDrift(vector: Vector<{ reference: Columns; analysis: Columns }>): void {
  const { id, input, params } = vector;
  const chunkSize = params['chunk_size'] as number;
  const check =
    <T extends number | string>(column: string, method: string, drift: DriftOfChunk<T>) =>
    (wanted: Wanted) => {
      const tolerance = toleranceOf(vector, toleranceNames[method] ?? method);
      const values = input.analysis[column] as T[];
      const chunks = wanted.value.map((_, i) => drift(values.slice(i * chunkSize, (i + 1) * chunkSize)));
      expect(Math.ceil(values.length / chunkSize), `${id}, chunks`).toBe(chunks.length);
      checkEvery(
        wanted,
        {
          value(expected: number[]) {
            for (const [i, value] of expected.entries())
              expectClose(chunks[i]!.value, value, tolerance, `${id}, ${method} of ${column}, chunk ${i}`);
          },
          upper_threshold(expected: number | null) {
            const { threshold } = chunks[0]!;
            if (expected === null || threshold === null) expect(threshold).toBe(expected);
            else expectClose(threshold, expected, tolerance, `${id}, threshold of ${method} of ${column}`);
          },
          alert: (expected: boolean[]) =>
            expect(
              chunks.map(({ finding }) => finding === 'detected'),
              `${id}, alerts of ${method} of ${column}`,
            ).toEqual(expected),
        },
        id,
      );
    };
  checkEvery(
    vector.expected,
    Object.fromEntries(
      Object.entries(input.reference).map(([column, reference]) => [
        column,
        (wanted: Record<string, Wanted>) =>
          checkEvery(
            wanted,
            Object.fromEntries(
              typeof reference[0] === 'number'
                ? numberDistances.map((method) => [
                    method,
                    check(column, method, driftOfNumbers(reference as number[], method, chunkSize)),
                  ])
                : categoryDistances.map((method) => [
                    method,
                    check(column, method, driftOfCategories(reference as string[], method, chunkSize)),
                  ]),
            ),
            `${id}, ${column}`,
          ),
      ]),
    ),
    id,
  );
}
