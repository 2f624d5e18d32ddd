import type { Rank, Scalar } from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { fitNetwork } from '../../../../training/fine-tuning/fit-network.ts';
import type { NetworkFit, Tunable } from '../../../../training/fine-tuning/fit-network.ts';
import type { TuneSettings } from '../../../../training/fine-tuning/tune-settings.ts';
import type { TuningState } from '../../../../training/fine-tuning/tuning-state.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { random } from '../../../../training/random.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const settings: TuneSettings = {
  learningRate: 0.05,
  schedule: { kind: 'cosine' },
  warmupShare: 0.1,
  batchSize: 8,
  epochs: 6,
  maxNorm: 1,
  patience: 3,
  seed: 7,
};

/** 60 points in four dimensions; the sign of the first says the label. */
function problem(seed = 3) {
  const chance = random(seed);
  const points = Array.from({ length: 60 }, () => Array.from({ length: 4 }, () => chance.uniform() - 0.5));
  return { points, labels: points.map((p) => (p[0]! > 0 ? 1 : 0)) };
}

function softmaxRegression(tf: Tf, { points, labels } = problem(), roomFor = Infinity) {
  const weight = tf.tidy(() => tf.variable(tf.zeros<Rank.R2>([4, 2])));
  const lossOf = (rows: readonly number[]): Scalar =>
    crossEntropy(
      tf,
      tf.matMul(tf.tensor2d(rows.map((r) => points[r]!)), weight),
      tf.tensor1d(
        rows.map((r) => labels[r]!),
        'int32',
      ),
    );
  const asked: number[] = [];
  const tunable: Tunable = {
    rows: points.length,
    lengths: null,
    parameters: [{ name: 'weight', variable: weight, rateScale: 1, decays: true }],
    parts(rows, _, atMost) {
      const parts = [];
      for (let from = 0; from < rows.length; from += atMost) {
        const part = [...rows.subarray(from, from + atMost)];
        const loss = () => {
          asked.push(part.length);
          if (part.length > roomFor) throw new Error('OOM when allocating tensor');
          return lossOf(part);
        };
        parts.push({ weight: part.length, loss });
      }
      return parts;
    },
    async validate() {
      const loss = tf.tidy(() => lossOf(points.map((_, i) => i)).dataSync()[0]!);
      return { loss, score: 1 - loss };
    },
  };
  return { tunable, weight, asked, valuesNow: () => [...weight.dataSync()] };
}

describe.each(await tensorflows())('on $name', ({ select }) => {
  let tf: Tf;
  let before: number;
  let dispose: () => void;
  beforeEach(async () => {
    tf = await select();
    before = tf.memory().numTensors;
    dispose = () => {};
  });
  afterEach(() => {
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
  const begin = (...given: [data?: ReturnType<typeof problem>, roomFor?: number]) => {
    const made = softmaxRegression(tf, ...given);
    dispose = () => made.weight.dispose();
    return made;
  };
  const fit = (tunable: Tunable, more: Partial<NetworkFit> = {}) =>
    fitNetwork({ tf, tunable, rule: adamw(), settings, onProgress: () => {}, ...more });

  test('learns, says how it goes, and ends with the best epoch', async () => {
    const { tunable } = begin();
    const said: { step: number; trainLoss: number | null }[] = [];
    const scores: { epoch: number; trainLoss: number }[] = [];
    const { steps, epochs, bestEpoch, validation } = await fit(tunable, {
      onProgress: (progress) => said.push(progress),
      onEpoch: (score) => scores.push(score),
    });
    expect(scores.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(scores[5]!.trainLoss).toBeLessThan(scores[0]!.trainLoss);
    expect({ steps, epochs, bestEpoch }).toEqual({ steps: 48, epochs: 6, bestEpoch: 6 });
    expect(validation!.loss).toBeLessThan(0.6);
    expect((await tunable.validate!()).loss).toBeCloseTo(validation!.loss, 6);
    expect(said[0]).toMatchObject({ step: 0, trainLoss: null });
    expect(said.at(-1)).toMatchObject({ step: 48, trainLoss: expect.any(Number) as number });
  });

  test('the same seed gives the same weights; parts of a batch change nothing but rounding', async () => {
    const whole = begin();
    await fit(whole.tunable);
    const expected = whole.valuesNow();
    dispose();
    const again = begin();
    await fit(again.tunable);
    expect(again.valuesNow()).toEqual(expected);
    dispose();
    const inParts = begin();
    await fit(inParts.tunable, { settings: { ...settings, microBatchSize: 3 } });
    for (const [i, value] of inParts.valuesNow().entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  test('where memory runs out it goes on in smaller parts, and learns the same', async () => {
    const whole = begin();
    await fit(whole.tunable);
    const expected = whole.valuesNow();
    dispose();
    const cramped = begin(problem(), 3);
    const { microBatchSize } = await fit(cramped.tunable);
    expect(microBatchSize).toBe(2);
    expect(cramped.asked.filter((rows) => rows > 2)).toEqual([8, 4]);
    for (const [i, value] of cramped.valuesNow().entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  test('where not even one row fits, that is said', async () => {
    const { tunable } = begin(problem(), 0);
    await expect(fit(tunable)).rejects.toMatchObject({ code: 'DL_TRAINING_OUT_OF_MEMORY' });
  });

  test('interrupted at any step it ends where it would have ended', async () => {
    const whole = begin();
    const { validation } = await fit(whole.tunable);
    const expected = whole.valuesNow();
    dispose();
    for (const interruptedAt of [1, 8, 13, 40]) {
      const first = begin();
      let kept: TuningState | null = null;
      const stop = new AbortController();
      const keep = async (state: TuningState) => {
        kept = structuredClone(state);
        stop.abort(new Error('interrupted'));
      };
      const checkpoints = { resumed: null, isDue: (step: number) => step === interruptedAt, keep };
      await fit(first.tunable, { checkpoints, signal: stop.signal }).catch(() => {});
      dispose();
      const second = begin();
      const resumed = await fit(second.tunable, {
        checkpoints: { resumed: kept, isDue: () => false, keep: async () => {} },
      });
      expect(second.valuesNow()).toEqual(expected);
      expect(resumed.validation).toEqual(validation);
      dispose();
    }
    dispose = () => {};
  });

  test('it stops when nothing gets better, and takes back what was worse', async () => {
    const { tunable, valuesNow } = begin();
    const losses = [0.6, 0.5, 0.7, 0.8, 0.9, 0.4];
    const seen: number[][] = [];
    const validate = async () => {
      seen.push(valuesNow());
      return { loss: losses[seen.length - 1]!, score: 0 };
    };
    const { epochs, bestEpoch, validation } = await fit({ ...tunable, validate });
    expect({ epochs, bestEpoch }).toEqual({ epochs: 5, bestEpoch: 2 });
    expect(validation!.loss).toBe(0.5);
    expect(valuesNow()).toEqual(seen[1]);
  });

  test('a penalty holds the weights where they were', async () => {
    const free = begin();
    await fit(free.tunable);
    const far = Math.hypot(...free.valuesNow());
    dispose();
    const held = begin();
    await fit({ ...held.tunable, penalty: () => tf.mul(tf.sum(tf.square(held.weight)), 5) });
    expect(Math.hypot(...held.valuesNow())).toBeLessThan(far / 4);
  });

  test('a signal ends it at once, and leaves nothing behind', async () => {
    const { tunable } = begin();
    const reason = new Error('enough');
    await expect(fit(tunable, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
