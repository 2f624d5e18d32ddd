import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import type { LoraSettings } from '../../../../training/adapters/lora-settings.ts';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import { openTextVersion } from '../../../../training/text-classification/open-text-version.ts';
import { trainTextVersion } from '../../../../training/text-classification/train-text-version.ts';
import { colourRows } from '../../../support/colours.ts';
import { needsShared, shared } from '../../../support/shared-data.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const lora: LoraSettings = {
  rank: 4,
  alpha: 8,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: [],
};
const rows = {
  rows: colourRows.map(({ prompt }) => ({ text: prompt })),
  labels: colourRows.map(({ answer }) => (answer === 'red' || answer === 'yellow' ? 'warm' : 'cold')),
};
const bases = ['vectors/finetune/gpt2', 'vectors/finetune/llama-untied'];

test.each(bases)(
  '%s reads texts too: with a head that tells them apart, its folder answers as it was validated',
  needsShared(...bases),
  async (base) => {
    const backend = { ...(await loadBackend()), note: null };
    const outFolder = path.join(tempFolder(), 'version');
    const tuned = await trainTextVersion({
      backend,
      model: {
        name: 'colours',
        task: { kind: 'classification', labels: ['cold', 'warm'] },
        input: { text: { kind: 'text' } },
      },
      base: shared(base),
      settings: {
        method: { kind: 'lora', lora },
        learningRate: 0.01,
        schedule: { kind: 'cosine' },
        warmupShare: 0.1,
        batchSize: 8,
        epochs: 12,
        maxNorm: 1,
        patience: 12,
        seed: 1,
        weightDecay: 0.01,
        labelSmoothing: 0,
        classWeights: 'none',
        focalGamma: null,
        keep: KEEP_NOTHING,
        longest: 4_000,
        wordDropout: 0,
      },
      train: rows,
      validation: rows,
      lineage: {},
      outFolder,
      onProgress: () => {},
    });
    expect(tuned.validation!.score).toBeGreaterThan(0.9);
    const version = await openTextVersion(backend.tf, outFolder);
    const answers = await version.answer(rows.rows);
    version.dispose();
    const right = answers.filter(({ label }, i) => label === rows.labels[i]).length;
    expect(right / answers.length).toBeCloseTo(tuned.validation!.score, 6);
    const read = (name: string) =>
      JSON.parse(readFileSync(path.join(outFolder, name), 'utf8')) as Record<string, unknown>;
    const config = read('config.json');
    // Without it transformers asks a decoder about one text at a time only.
    expect(config['pad_token_id']).toEqual(expect.any(Number));
    // Longer texts than the base has places for are cut.
    expect(read('driftloop.json')['longest']).toBe(
      config['n_positions'] ?? config['max_position_embeddings'],
    );
  },
);
