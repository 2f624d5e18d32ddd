import { describe, expect, test } from 'vitest';
import { full, lora, lpft, qlora } from '../../../../domain/fine-tune-config.ts';
import type { OpenWish } from '../../../../domain/fine-tune-config.ts';
import { recommendClassifier } from '../../../../training/classification/recommend-classifier.ts';

const scratch = {
  task: 'text',
  rows: 4_000,
  classes: 10,
  weights: null,
  memoryBytes: null,
  base: null,
} as const;
const small = { ...scratch, rows: 800, weights: 110e6, base: './encoder' };
const settingsOf = (wish: OpenWish, situation: Parameters<typeof recommendClassifier>[0] = small) =>
  recommendClassifier(situation, wish).settings;

describe('settings of a classifier', () => {
  test('with nothing wished fit the rows and the base', () => {
    expect(settingsOf({}, scratch)).toMatchObject({
      method: { kind: 'full', layerRate: 1, frozenLayers: 0 },
      learningRate: 2e-3,
      epochs: 24,
    });
    expect(settingsOf({})).toMatchObject({
      method: { kind: 'lora', lora: { rank: 8, alpha: 16, targets: 'all-linear' } },
      learningRate: 2e-4,
      schedule: { kind: 'cosine' },
      labelSmoothing: 0.1,
      focalGamma: null,
    });
  });

  test('spread no truth over many labels, most of which a row has not', () => {
    expect(recommendClassifier({ ...small, many: true }, {}).settings.labelSmoothing).toBe(0);
    expect(
      recommendClassifier({ ...small, many: true }, { labelSmoothing: 0.2 }).settings.labelSmoothing,
    ).toBe(0.2);
  });

  test('take every wish, with the method that knows it', () => {
    expect(
      settingsOf(lora({ rank: 3, rankStabilised: true, targets: ['query'], dropout: 0, keptWhole: ['wte'] }))
        .method,
    ).toEqual({
      kind: 'lora',
      lora: { rank: 3, alpha: 6, rankStabilised: true, targets: ['query'], dropout: 0, keptWhole: ['wte'] },
    });
    expect(settingsOf(qlora({ embeddings: 'float', recompute: false })).method).toMatchObject({
      kind: 'qlora',
      embeddings: 'float',
      recompute: false,
    });
    expect(settingsOf(full({ layerRate: 0.9, frozenLayers: 2 })).method).toEqual({
      kind: 'full',
      layerRate: 0.9,
      frozenLayers: 2,
    });
    expect(settingsOf(lpft({ headEpochs: 5 })).method).toMatchObject({ kind: 'lpft', headEpochs: 5 });
    const wish = {
      learningRate: 5e-4,
      schedule: 'linear',
      warmupShare: 0.2,
      batchSize: 12,
      microBatchSize: 4,
      epochs: 7,
      maxSteps: 90,
      weightDecay: 0.3,
      maxNorm: 2,
      classWeights: 'balanced',
      labelSmoothing: 0,
      patience: 2,
      validationShare: 0.3,
      seed: 4,
    } as const;
    expect(settingsOf(full(wish))).toMatchObject({ ...wish, schedule: { kind: 'linear' } });
  });

  test('train the words of a small base whole beside an adapter, and say so', () => {
    const tiny = { ...small, weights: 6e5, words: 'bert.embeddings.word_embeddings' };
    const { settings, said } = recommendClassifier(tiny, lora());
    expect(settings.method).toMatchObject({ kind: 'lora', lora: { rank: 16, keptWhole: [tiny.words] } });
    expect(said).toContainEqual({
      name: 'trained whole',
      value: tiny.words,
      because: 'so small a base knows few words, and an adapter beside its matrices would teach it no others',
    });
    const others = [{ ...tiny, weights: 110e6 }, tiny] as const;
    const wishes = [lora(), lora({ keptWhole: [] })] as const;
    for (const [i, other] of others.entries())
      expect(recommendClassifier(other, wishes[i]!).settings.method).toMatchObject({
        lora: { keptWhole: [] },
      });
    expect(recommendClassifier(tiny, qlora()).settings.method).toMatchObject({ lora: { keptWhole: [] } });
  });

  test('let the rate of a small adapter fall within so many steps, whatever the rows', () => {
    const tiny = { ...small, weights: 6e5 };
    const epochsOf = (rows: number) => settingsOf(lora(), { ...tiny, rows }).epochs;
    // 8, 16 and 32 rows a step: 8, 25 and 94 steps an epoch.
    expect([60, 400, 3_000].map(epochsOf)).toEqual([33, 11, 7]);
    expect(epochsOf(10)).toBe(40);
    expect(settingsOf(full(), { ...tiny, rows: 400 }).epochs).toBe(24);
  });

  test('know no label smoothing beside focal loss', () => {
    expect(settingsOf({ focalGamma: 2 })).toMatchObject({ focalGamma: 2, labelSmoothing: 0 });
  });

  test('are said, each with a reason, as they are', () => {
    const { said } = recommendClassifier(small, lora({ learningRate: 1e-2, classWeights: 'balanced' }));
    for (const { name, because } of said) expect(because, name).not.toBe('');
    expect(
      Object.fromEntries(said.map(({ name, value, because }) => [name, `${value}: ${because}`])),
    ).toMatchObject({
      base: './encoder: it was named',
      method: 'lora, rank 8: 800 examples: LoRA rank 8, because it was asked for',
      'learning rate': '0.01, rising for 10 % of the steps, then falling to 0: it was asked for',
      'class weights': 'balanced: it was asked for',
    });
  });
});
