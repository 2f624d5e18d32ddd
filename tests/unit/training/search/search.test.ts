import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { search } from '../../../../domain/fine-tune-config.ts';
import type { SearchWish } from '../../../../domain/fine-tune-config.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { random } from '../../../../training/random.ts';
import { recommend } from '../../../../training/search/recommend.ts';
import type { Situation } from '../../../../training/search/recommend.ts';
import { drawSettings, networkSpace, tabularSpace } from '../../../../training/search/space.ts';
import { trialWish } from '../../../../training/search/trial-wish.ts';
import { trainingsInStretches } from '../../../../training/search/trials.ts';
import { runSearch } from '../../../../training/search/run-search.ts';
import {
  beginSearch,
  costOf,
  dueOf,
  judge,
  planRungs,
} from '../../../../training/search/successive-halving.ts';

const base = { task: 'text', rows: 800, classes: 20, weights: 110e6, memoryBytes: null } as const;

describe('recommended settings', () => {
  test.each<[string, Partial<Situation>, object, string]>([
    [
      'adapters where everything would be memorised',
      {},
      { method: 'lora', rank: 8 },
      '800 examples: LoRA rank 8, because full fine-tuning of 110 M weights would memorise them',
    ],
    [
      'only the head for a handful',
      { rows: 100 },
      { method: 'head', rank: null },
      '100 examples: only the head, because 20 labels have fewer than 8 examples each',
    ],
    [
      'everything for many',
      { rows: 50_000 },
      { method: 'lpft', epochs: 3, batchSize: 32 },
      '50 k examples: the head first, then everything, because there are enough of them for all 110 M weights, and a trained head spares these a shock',
    ],
    [
      'adapters where the moments do not fit',
      { rows: 50_000, memoryBytes: 2e9 },
      { method: 'lora', rank: 32 },
      '50 k examples: LoRA rank 32, because the gradients and moments of 110 M weights do not fit into memory',
    ],
    [
      '4 bits where the base does not fit',
      { task: 'generation', classes: null, weights: 7e9, memoryBytes: 16e9 },
      { method: 'qlora', rank: 8, batchSize: 8 },
      '800 examples: QLoRA rank 8, because the 7 G weights fit into 16 G bytes of memory only in 4 bits each',
    ],
    [
      'everything without a base',
      { task: 'tabular', weights: null },
      { method: 'full', learningRate: 1e-3 },
      '800 examples: full fine-tuning, because there is no base to keep',
    ],
  ])('%s', (_, change, settings, reason) => {
    const got = recommend({ ...base, ...change });
    expect(got.settings).toMatchObject(settings);
    expect(got.reason).toBe(reason);
  });

  test('are always such that a training can begin', () => {
    assert(
      property(integer({ min: 1, max: 1e7 }), integer({ min: 1, max: 1e9 }), (rows, weights) => {
        const { settings } = recommend({ ...base, rows, weights });
        expect(settings.batchSize).toBeGreaterThanOrEqual(8);
        expect(settings.epochs).toBeGreaterThanOrEqual(3);
        expect(settings.rank === null || settings.rank >= 4).toBe(true);
      }),
    );
  });
});

describe('a search', () => {
  test('never spends more than its budget, thins out, and ends with one whole training', () => {
    assert(
      property(integer({ min: 1, max: 5_000 }), integer({ min: 1, max: 40 }), (fullSteps, trainings) => {
        const budget = fullSteps * trainings;
        const rungs = planRungs({ budget, fullSteps });
        expect(costOf(rungs)).toBeLessThanOrEqual(budget);
        expect(rungs.at(-1)!).toEqual({ trials: 1, steps: fullSteps });
        rungs.slice(1).forEach((rung, i) => {
          const isLast = i === rungs.length - 2;
          expect(rung.steps).toBeGreaterThan(rungs[i]!.steps - (isLast ? 1 : 0));
          expect(rung.trials).toBeLessThan(rungs[i]!.trials);
        });
      }),
    );
  });

  test('tries more where it may spend more', () => {
    const trials = [1, 2, 4, 8].map((n) => planRungs({ budget: n * 900, fullSteps: 900 })[0]!.trials);
    expect(trials).toEqual([...trials].sort((a, b) => a - b));
    expect(trials[0]).toBe(1);
    expect(trials[3]).toBe(27);
    expect(planRungs({ budget: 50, fullSteps: 900 })).toEqual([{ trials: 1, steps: 50 }]);
  });

  test('finds the best where more steps only show it more clearly', () => {
    const rungs = planRungs({ budget: 8 * 900, fullSteps: 900 });
    const truth = Array.from({ length: 27 }, (_, trial) => (trial * 11) % 27);
    let search = beginSearch(rungs);
    let spent = 0;
    while (!search.done) {
      for (const { from, to } of dueOf(search)) spent += to - from;
      search = judge(search, (trial) => truth[trial]!);
    }
    expect(truth[search.alive[0]!]).toBe(26);
    expect(spent).toBe(costOf(rungs));
    expect(dueOf(search)).toEqual([]);
  });

  test('a training that ran away is worse than any, and of equal ones the first goes on', () => {
    const search = judge(beginSearch([{ trials: 3, steps: 1 }, { trials: 2, steps: 2 }]), (trial) =>
      trial === 0 ? NaN : -1e9,
    ); // oxfmt-ignore
    expect(search.alive).toEqual([1, 2]);
  });
});

describe('settings to try', () => {
  test('begin with the recommended ones, and are the same for the same seed', () => {
    const space = networkSpace(base);
    const [first, ...others] = drawSettings(space, 12, random(1));
    const { method, learningRate, rank } = recommend(base).settings;
    expect(first).toEqual({ method, learningRate, rank, hidden: null });
    expect(drawSettings(space, 12, random(1))).toEqual([first, ...others]);
    expect(drawSettings(space, 12, random(2))).not.toEqual([first, ...others]);
    for (const other of others) {
      expect(['lora', 'head']).toContain(other.method);
      expect(other.method === 'head' ? other.rank === null : [4, 8, 16].includes(other.rank!)).toBe(true);
      const usual = other.method === 'head' ? 1e-3 : 2e-4;
      expect(other.learningRate / usual).toBeGreaterThanOrEqual(0.25);
      expect(other.learningRate / usual).toBeLessThanOrEqual(4);
    }
    expect(new Set(others.map((other) => other.method)).size).toBe(2);
  });

  test('never need more memory than the recommended ones, and no head where there is none', () => {
    const large = { ...base, task: 'generation', classes: null, weights: 7e9, memoryBytes: 16e9 } as const;
    expect(networkSpace(large).methods).toEqual(['qlora']);
    expect(networkSpace({ ...large, memoryBytes: null, rows: 500 }).methods).toEqual(['lora']);
    expect(networkSpace({ ...base, rows: 100 }).methods).toEqual(['head', 'lora']);
    expect(networkSpace({ ...base, rows: 100, adapters: false }).methods).toEqual(['head']);
  });

  test('stay among those that are wished, each once', () => {
    const over = { method: ['full' as const], learningRate: [1e-5, 1e-4, 1e-3] };
    const drawn = drawSettings(networkSpace(base, over), 12, random(1));
    expect(drawn.map(({ learningRate }) => learningRate).sort()).toEqual([1e-5, 1e-4, 1e-3]);
    // Full fine-tuning of so large a base usually takes 3e-5: the nearest of them comes first.
    expect(drawn[0]).toMatchObject({ method: 'full', learningRate: 1e-5, rank: null });
    const between = { learningRate: { from: 0.1, to: 0.2 }, rank: [2] };
    for (const tried of drawSettings(networkSpace(base, between), 9, random(1))) {
      expect(tried.learningRate).toBeGreaterThanOrEqual(0.1);
      expect(tried.learningRate).toBeLessThanOrEqual(0.2);
      expect(tried.rank ?? 2).toBe(2);
    }
  });

  test('of a table are layers and rates around the recommended ones', () => {
    const usual = [[32], [64, 32]];
    const space = tabularSpace({ hidden: [64, 32], learningRate: 3e-3 }, usual);
    const drawn = drawSettings(space, 8, random(3));
    expect(drawn[0]).toEqual({ method: 'full', learningRate: 3e-3, rank: null, hidden: [64, 32] });
    expect(new Set(drawn.map(({ hidden }) => String(hidden)))).toEqual(new Set(['32', '64,32']));
    const wished = tabularSpace({ hidden: [64, 32], learningRate: 3e-3 }, usual, { hidden: [[7]] });
    expect(wished.first.hidden).toEqual([7]);
  });

  test('are wishes, which share what is not tried', () => {
    const wish = search({ learningRate: [1], epochs: 4, minSteps: 9 });
    const tried = { method: 'lora', learningRate: 1, rank: 4, hidden: null } as const;
    expect(trialWish(wish as SearchWish, tried)).toEqual({
      method: 'lora',
      learningRate: 1,
      rank: 4,
      epochs: 4,
    });
    expect(trialWish(wish as SearchWish, { ...tried, method: 'full', rank: null, hidden: [5] })).toEqual({
      method: 'full',
      learningRate: 1,
      epochs: 4,
      minSteps: 9,
      hidden: [5],
    });
  });
});

describe('a search over trainings', () => {
  /** A training of nine epochs whose loss falls towards what its settings are worth. */
  const world = (worth: readonly number[], options: { breaks?: number; endsAt?: number } = {}) => {
    const states = new Map<number, number>();
    const taken: [trial: number, from: number, to: number][] = [];
    const advance = trainingsInStretches<number>(
      (trial, { resumed, epochs, onScore, pause }) => {
        if (trial === options.breaks)
          throw new DriftloopError('DL_TRAINING_OUT_OF_MEMORY', 'no room', { fix: 'none' });
        for (let epoch = resumed ?? 0; epoch < (options.endsAt ?? 9); epoch += 1) {
          if (epoch === epochs) {
            taken.push([trial, resumed ?? 0, epoch]);
            pause(epoch);
          }
          onScore({ loss: worth[trial]! + 1 / (epoch + 1), score: 0 });
        }
        return Promise.resolve();
      },
      {
        save: (trial, state) => Promise.resolve(void states.set(trial, state)),
        load: (trial) => Promise.resolve(states.get(trial) ?? null),
      },
    );
    return { advance, taken };
  };
  const rungs = planRungs({ budget: Infinity, fullSteps: 9, mostTrials: 9 });

  test('takes the best on from where they were, and ends before the whole training of the winner', async () => {
    const { advance, taken } = world([5, 3, 8, 1, 9, 2, 7, 6, 4]);
    const results = await runSearch({ rungs, advance });
    expect(results.map(({ trial }) => trial)).toEqual([3, 5, 1, 8, 0, 7, 6, 2, 4]);
    expect(taken.slice(9)).toEqual([
      [3, 1, 3],
      [5, 1, 3],
      [1, 1, 3],
    ]);
    expect(results[0]).toMatchObject({ epochs: 3, loss: 1 + 1 / 3 });
    expect(results.at(-1)).toMatchObject({ epochs: 1, loss: 10 });
  });

  test('one that memory does not hold is last, and one that ends early keeps its score', async () => {
    const { advance } = world([1, 3, 2], { breaks: 0, endsAt: 1 });
    const results = await runSearch({
      rungs: [
        { trials: 3, steps: 2 },
        { trials: 2, steps: 4 },
        { trials: 1, steps: 9 },
      ],
      advance,
    });
    expect(results.map(({ trial, loss }) => [trial, loss])).toEqual([
      [2, 3],
      [1, 4],
      [0, NaN],
    ]);
  });

  test('a mistake ends it', async () => {
    const advance = () => Promise.reject(new TypeError('a mistake'));
    await expect(runSearch({ rungs, advance })).rejects.toThrow('a mistake');
  });
});
