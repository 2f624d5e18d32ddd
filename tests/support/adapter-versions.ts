import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadBackend } from '../../infra/tensorflow/backend.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { layOutBase } from '../../training/adapters/base-folder.ts';
import type { LoraSettings } from '../../training/adapters/lora-settings.ts';
import { KEEP_NOTHING } from '../../training/classification/keep-settings.ts';
import { trainTextVersion } from '../../training/text-classification/train-text-version.ts';
import type { GeneratorMethod } from '../../training/text-generation/settings.ts';
import { trainGenerator } from '../../training/text-generation/train-generator.ts';
import { colourRows } from './colours.ts';

/** On what a tiny decoder needs to learn something of in a second. */
export const someLora: LoraSettings = {
  rank: 4,
  alpha: 8,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: [],
};

const common = {
  learningRate: 0.01,
  schedule: { kind: 'cosine' },
  warmupShare: 0.1,
  batchSize: 8,
  maxNorm: 1,
  patience: 12,
  weightDecay: 0.01,
} as const;

/** Puts a base into a store as an artifact of its own. */
export async function putBase(artifacts: ArtifactStore, base: string, scratch: string): Promise<string> {
  const folder = path.join(scratch, 'base-of-adapters');
  await layOutBase(base, folder);
  return (await artifacts.put(folder)).digest;
}

export type Trained = {
  base: string;
  /** Null: merged. */
  baseDigest: string | null;
  method?: GeneratorMethod & { kind: 'lora' | 'qlora' };
  seed: number;
  outFolder: string;
  epochs?: number;
};

const paint = { prompt: { kind: 'text' } } as const;

/** A version that writes colours, or something near them. */
export async function trainWriter(trained: Trained): Promise<string> {
  const { base, baseDigest, method = { kind: 'lora', lora: someLora }, seed, outFolder } = trained;
  await mkdir(outFolder, { recursive: true });
  await trainGenerator({
    backend: { ...(await loadBackend()), note: null },
    model: { name: 'colours', task: { kind: 'generation' }, input: paint },
    base,
    baseDigest,
    settings: { ...common, epochs: trained.epochs ?? 2, method, seed, longest: 40, beta: 0.1 },
    train: colourRows.map(({ prompt, answer }) => ({
      prompt: [{ role: 'user', content: prompt }],
      answer,
      rejected: null,
    })),
    validation: [],
    lineage: {},
    outFolder,
    onProgress: () => {},
  });
  return outFolder;
}

/** Texts that are warm or cold by the colour that they ask for. */
export const temperatures = {
  rows: colourRows.map(({ prompt }) => ({ prompt })),
  labels: colourRows.map(({ answer }) => (answer === 'red' || answer === 'yellow' ? 'warm' : 'cold')),
};

/** A version that tells texts apart. */
export async function trainReader(
  { base, baseDigest, method = { kind: 'lora', lora: someLora }, seed, outFolder, epochs = 4 }: Trained,
  labels: readonly string[] = ['cold', 'warm'],
): Promise<string> {
  await mkdir(outFolder, { recursive: true });
  await trainTextVersion({
    backend: { ...(await loadBackend()), note: null },
    model: { name: 'warmth', task: { kind: 'classification', labels: [...labels] }, input: paint },
    base,
    baseDigest,
    settings: {
      ...common,
      method,
      epochs,
      seed,
      labelSmoothing: 0,
      classWeights: 'none',
      focalGamma: null,
      keep: KEEP_NOTHING,
      longest: 64,
      wordDropout: 0,
    },
    train: temperatures,
    validation: temperatures,
    lineage: {},
    outFolder,
    onProgress: () => {},
  });
  return outFolder;
}
