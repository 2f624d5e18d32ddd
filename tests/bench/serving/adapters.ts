import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ArtifactStore } from '../../../domain/ports.ts';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { createChildPredictor } from '../../../infra/tensorflow/child-predictor.ts';
import { buildVocabulary } from '../../../training/text/build-vocabulary.ts';
import { bertTokenizerConfig, bertTokenizerFile } from '../../../training/text/tokenizer-file.ts';
import { putBase, temperatures, trainReader } from '../../support/adapter-versions.ts';
import { writeTinyBase } from '../../support/tiny-bases.ts';

const MB = 2 ** 20;
/** Answers of one row that are timed, after as many that are not. */
const ASKED = 100;

/** What versions cost that went on from one base. */
type Cost = {
  /** Of all of them in the store, their base included where they need one. */
  diskMb: number;
  /** Of all of them in memory. */
  tensorMb: number;
  firstLoadMs: number;
  /** Median of those after the first: digest checked, loaded, and made to answer once. */
  nextLoadMs: number;
  /** Of one text, median. */
  answerMs: number;
};

export type Adapters = {
  adapters: { versions: number; baseMb: number; apart: Cost; merged: Cost; largestDifference: number };
};

/**
 * Versions that LoRA has made of one encoder, stored as adapters over it and merged: on disk, in memory, and how long they
 * take to load and to answer; and how far their scores are apart.
 */
export async function measureAdapters(versions: number, say: (line: string) => void): Promise<Adapters> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-bench-adapters-'));
  try {
    const base = path.join(scratch, 'base');
    await writeEncoder(base);
    const stores = {
      apart: createFolderStore(path.join(scratch, 'apart')),
      merged: createFolderStore(path.join(scratch, 'merged')),
    };
    const baseDigest = await putBase(stores.apart, base, scratch);
    const digests = { apart: [] as string[], merged: [] as string[] };
    for (let seed = 1; seed <= versions; seed += 1) {
      for (const kind of ['apart', 'merged'] as const) {
        const outFolder = path.join(scratch, 'training', `${kind}-${seed}`);
        const digest = kind === 'apart' ? baseDigest : null;
        await trainReader({ base, baseDigest: digest, seed, outFolder, epochs: 1 });
        digests[kind].push((await stores[kind].put(outFolder)).digest);
        await rm(outFolder, { recursive: true });
      }
      say(`${seed} of ${versions} versions trained, apart and merged`);
    }
    const apart = await costOf(stores.apart, path.join(scratch, 'apart'), digests.apart);
    const merged = await costOf(stores.merged, path.join(scratch, 'merged'), digests.merged);
    const { size } = await stat(path.join(base, 'model.safetensors'));
    return {
      adapters: {
        versions,
        baseMb: size / MB,
        apart: apart.cost,
        merged: merged.cost,
        largestDifference: Math.max(...apart.scores.map((score, i) => Math.abs(score - merged.scores[i]!))),
      },
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** An encoder of some size that has learnt nothing: what it costs is asked, not what it knows. */
async function writeEncoder(folder: string): Promise<void> {
  const vocabulary = buildVocabulary(
    temperatures.rows.map(({ prompt }) => prompt),
    { size: 8_000, least: 1 },
  );
  await mkdir(folder, { recursive: true });
  await writeTinyBase(folder, 'bert', {
    vocab_size: vocabulary.length,
    max_position_embeddings: 128,
    hidden_size: 256,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    intermediate_size: 1_024,
  });
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(bertTokenizerFile(vocabulary)));
  await writeFile(path.join(folder, 'tokenizer_config.json'), JSON.stringify(bertTokenizerConfig(128)));
}

async function costOf(
  artifacts: ArtifactStore,
  root: string,
  digests: readonly string[],
): Promise<{ cost: Cost; scores: number[] }> {
  const predictor = createChildPredictor();
  try {
    const loads: number[] = [];
    for (const digest of digests) {
      const began = performance.now();
      await predictor.load(digest, await artifacts.open(digest));
      loads.push(performance.now() - began);
    }
    const { tensorBytes } = (await predictor.held()).tensorflow!;
    const times: number[] = [];
    for (let n = 0; n < 2 * ASKED; n += 1) {
      const began = performance.now();
      await predictor.predict(digests[n % digests.length]!, temperatures.rows.slice(0, 1));
      if (n >= ASKED) times.push(performance.now() - began);
    }
    const scores: number[] = [];
    for (const digest of digests)
      for (const output of await predictor.predict(digest, temperatures.rows))
        if ('scores' in output) scores.push(...Object.values(output.scores));
    return {
      scores,
      cost: {
        diskMb: (await bytesIn(root)) / MB,
        tensorMb: tensorBytes / MB,
        firstLoadMs: loads[0]!,
        nextLoadMs: median(loads.slice(1)),
        answerMs: median(times),
      },
    };
  } finally {
    await predictor.close();
  }
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  return bytes;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
