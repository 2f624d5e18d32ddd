import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { duration } from '../../domain/duration.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { DriftloopConfig, ModelConfig } from '../../domain/model-config.ts';
import { featureNameOf } from '../data/cells.ts';
import { loadConfig, type ConfigModule } from '../load-config.ts';
import type { Simulate } from './streams/simulated.ts';

/** What an example may export beside its config, to be played. */
const playSchema = z.object({
  label: z.string().optional(),
  ignore: z.array(z.string()).default([]),
  rowEvery: duration.optional(),
  pace: z.number().positive().optional(),
  bootstrapRows: z.int().positive().optional(),
  rows: z.int().positive().optional(),
  driftAtRows: z.array(z.int()).optional(),
  simulate: z.custom<Simulate>((value) => typeof value === 'function', 'must be a function').optional(),
});
export type Play = z.output<typeof playSchema>;

/** What a config says that exports nothing but itself. */
export const noPlay: Play = playSchema.parse({});

const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url));
/** The config of an example by its name; `demo` is played when nothing is asked for. */
export function exampleFile(name: string): string {
  const file = path.join(examplesFolder, name, 'driftloop.config.ts');
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
    throw new DriftloopError('DL_EXAMPLE_INVALID', `There is no example "${name}".`, {
      fix: `Name one of these: ${exampleNames().join(', ')}.`,
    });
  }
  return file;
}

const exampleNames = (): string[] =>
  readdirSync(examplesFolder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && existsSync(path.join(examplesFolder, entry.name, 'driftloop.config.ts')),
    )
    .map(({ name }) => name);

/** How the module of a config wants to be played. */
export function playOf({ file, exports }: ConfigModule): Play {
  const parsed = playSchema.safeParse(exports);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new DriftloopError('DL_EXAMPLE_INVALID', `${file} cannot be played: ${problems.join('; ')}.`, {
    fix: 'Correct what it exports beside its config; examples/demo/driftloop.config.ts has them all.',
  });
}

/** Each is loaded once: what comes with the package does not change while it runs. */
const loaded = new Map<string, Promise<ConfigModule>>();
const loadExample = (name: string): Promise<ConfigModule> => {
  const loading = loaded.get(name) ?? loadConfig(exampleFile(name));
  loaded.set(name, loading);
  return loading;
};

/** The example that was written for files with these columns: it declares, names or ignores each of them. */
export async function exampleFor(header: readonly string[]): Promise<ConfigModule | null> {
  const names = new Set(header.map(featureNameOf));
  for (const name of exampleNames()) {
    const example = await loadExample(name);
    const { label, ignore } = playOf(example);
    const wanted = [label ?? '', ...Object.keys(firstModel(example.config).input)];
    if (wanted.every((name) => names.has(name)) && header.every((column) => isKnown(column, wanted, ignore)))
      return example;
  }
  return null;
}

const isKnown = (column: string, wanted: readonly string[], ignore: readonly string[]): boolean =>
  ignore.includes(column) || wanted.includes(featureNameOf(column));

/** A demo plays the first model of a config. */
export const firstModel = (config: DriftloopConfig): ModelConfig => config.models[0]!;
