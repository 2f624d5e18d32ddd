import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { needsShared, shared, sharedFolder } from '../../support/shared-data.ts';

/** A reference case: what an independent implementation answered. */
export type Vector<Input, Expected> = { id: string; input: Input; expected: Expected };

const folder = 'vectors/drift';

/** Options for a test on a family of vectors: skipped without the shared folder, failed where it lacks them. */
export const needsVectors = (): { skip: boolean } => needsShared(folder);

export const readVector = <Input, Expected>(id: string): Vector<Input, Expected> =>
  JSON.parse(readFileSync(shared(`${folder}/${id}.json`), 'utf8')) as Vector<Input, Expected>;

/** The ids of a family, told by how they begin. */
export const idsOf = (family: string): string[] =>
  sharedFolder === null
    ? []
    : readdirSync(shared(folder))
        .filter((file) => file.startsWith(family) && file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length));

/** |actual − expected| ≤ abs + rel · |expected| */
export function expectClose(actual: number, expected: number, { rel = 0, abs = 0 }, what = ''): void {
  const within = abs + rel * Math.abs(expected);
  expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(within);
}
