import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Tf } from '../../../training/backend.ts';
import type { NamedTensor, TensorValues } from '../../../training/safetensors.ts';
import { readMixedSafetensors } from '../../../training/safetensors.ts';
import { shared, sharedFolder } from '../../support/shared-data.ts';

const root = 'vectors/finetune';

/** A folder of the reference vectors that has a model. */
export type VectorModel = {
  name: string;
  /** The folder itself, as an absolute path. */
  folder: string;
  /** Every file in it, deep, relative to the folder. */
  files: string[];
  json(file: string): unknown;
  tensors(file: string): Map<string, NamedTensor<TensorValues>>;
};

/** One thing that is expected of a model. */
export type VectorCase = { title: string; run: (tf: Tf) => void | Promise<void> };

/** A kind of expectation: which files it answers for, and what is in them. */
export type VectorKind = {
  covers: (file: string, model: VectorModel) => boolean;
  cases: (model: VectorModel) => VectorCase[];
};

/** Every model of the vectors; none where this checkout has no vectors. */
export const vectorModels = (): VectorModel[] =>
  sharedFolder === null ? [] : foldersOf(shared(root)).filter(hasConfig).map(openModel);

/** Folders of the vectors without a model: losses and the like, which have tests of their own. */
export const otherFolders = (): string[] =>
  sharedFolder === null ? [] : foldersOf(shared(root)).filter((name) => !hasConfig(name));

const foldersOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const hasConfig = (name: string) => readdirSync(shared(`${root}/${name}`)).includes('config.json');

function openModel(name: string): VectorModel {
  const folder = shared(`${root}/${name}`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return {
    name,
    folder,
    files,
    json: (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown,
    tensors: (file) => {
      const { tensors } = readMixedSafetensors(readFileSync(path.join(folder, file)));
      return new Map(tensors.map((tensor) => [tensor.name, tensor]));
    },
  };
}

/** Nothing is in there that no case looks at: `known` are all the keys that one of them does. */
export function expectKnownKeys(object: object, known: readonly string[], what: string): void {
  const strange = Object.keys(object).filter((key) => !known.includes(key));
  expect(strange, `${what} has keys that no case knows how to run`).toEqual([]);
}

export type Nested = number | readonly Nested[];

/** Every number of nested lists, in order. */
export const flat = (nested: Nested): number[] =>
  typeof nested === 'number' ? [nested] : (nested.flat(Infinity as 1) as number[]);

export type Tolerance = { rel?: number; abs?: number };

/** Hidden states and logits, as the vectors' README recommends. */
export const STATES: Tolerance = { rel: 1e-4, abs: 1e-5 };

/** |actual − expected| ≤ abs + rel·|expected| for each number where `counts` says so. */
export function expectNumbers(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rel = 0, abs = 0 }: Tolerance,
  what: string,
  counts: (index: number) => boolean = () => true,
): void {
  expect(actual.length, `${what}: how many`).toBe(expected.length);
  let worst = { excess: 0, index: -1 };
  for (let i = 0; i < expected.length; i += 1) {
    if (!counts(i)) continue;
    const excess = Math.abs(actual[i]! - expected[i]!) - abs - rel * Math.abs(expected[i]!);
    // A comparison with NaN is false, so it is asked the other way round.
    if (!(excess <= worst.excess)) worst = { excess, index: i };
  }
  const { index } = worst;
  expect(index, `${what} at ${index}: ${actual[index]} against ${expected[index]}`).toBe(-1);
}

/** √Σx², of any number of them. */
export const lengthOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
};
