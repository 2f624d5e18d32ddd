import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { needsShared, shared, sharedFolder } from '../../support/shared-data.ts';

/** A reference case: what an independent implementation answered. */
export type Vector<Input = Record<string, unknown>, Expected = Record<string, unknown>> = {
  id: string;
  params: Record<string, unknown>;
  input: Input;
  expected: Expected;
  tolerance: Record<string, unknown>;
};

const folder = 'vectors/drift';

/** Options for a test on a family of vectors: skipped without the shared folder, failed where it lacks them. */
export const needsVectors = (): { skip: boolean } => needsShared(folder);

export const readVector = <Input, Expected>(id: string): Vector<Input, Expected> =>
  JSON.parse(readFileSync(shared(`${folder}/${id}.json`), 'utf8')) as Vector<Input, Expected>;

/** The ids of all files of the folder, whatever they are. */
export const everyId = (): string[] =>
  sharedFolder === null ? [] : readdirSync(shared(folder)).filter((file) => file !== 'README.md');

type Tolerance = { rel?: number; abs?: number };

/** A tolerance of the file, by its name there; a file that has none of that name is read wrongly. */
export function toleranceOf({ id, tolerance }: Vector<unknown, unknown>, name: string): Tolerance {
  const found = tolerance[name];
  if (typeof found !== 'object' || found === null) throw new Error(`${id} has no tolerance "${name}"`);
  return found;
}

/** |actual − expected| ≤ abs + rel · |expected| */
export function expectClose(
  actual: number,
  expected: number,
  { rel = 0, abs = 0 }: Tolerance,
  what = '',
): void {
  const within = abs + rel * Math.abs(expected);
  expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(within);
}

/** Entry by entry. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: readonly number[],
  tolerance: Tolerance,
  what = '',
): void {
  expect(actual.length, `${what}: how many`).toBe(expected.length);
  for (const [i, value] of expected.entries()) expectClose(actual[i]!, value, tolerance, `${what} ${i}`);
}

/** Something that a file expects, by its name; given what it expects. */
type Checks = Readonly<Record<string, (expected: never) => void>>;

/** Every value that a file expects goes to its check; one that nobody checks fails, so that nothing is passed over. */
export function checkEvery(expected: object, checks: Checks, what: string): void {
  for (const [name, value] of Object.entries(expected)) {
    const check = checks[name];
    if (check === undefined) throw new Error(`${what}: nobody checks "${name}"`);
    check(value as never);
  }
}

/** For what a file tells for information, or in a convention that is not ours. */
export const notChecked = (): void => {};
