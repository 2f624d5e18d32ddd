import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { recommend } from '../../../../training/search/recommend.ts';
import type { Situation } from '../../../../training/search/recommend.ts';
import { defaultSpace, sampleSettings } from '../../../../training/search/space.ts';
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
      '800 examples: LoRA rank 8, because full fine-tuning of 110 M weights would memorise them.',
    ],
    [
      'only the head for a handful',
      { rows: 100 },
      { method: 'head', rank: null },
      '100 examples: only the head, because 20 labels have fewer than 8 examples each.',
    ],
    [
      'everything for many',
      { rows: 50_000 },
      { method: 'lpft', epochs: 3, batchSize: 32 },
      '50 k examples: the head first, then everything, because there are enough of them for all 110 M weights, and a trained head spares these a shock.',
    ],
    [
      'adapters where the moments do not fit',
      { rows: 50_000, memoryBytes: 2e9 },
      { method: 'lora', rank: 32 },
      '50 k examples: LoRA rank 32, because the gradients and moments of 110 M weights do not fit into memory.',
    ],
    [
      '4 bits where the base does not fit',
      { task: 'generation', classes: null, weights: 7e9, memoryBytes: 16e9 },
      { method: 'qlora', rank: 8, batchSize: 8 },
      '800 examples: QLoRA rank 8, because the 7 G weights fit into 16 G bytes of memory only in 4 bits each.',
    ],
    [
      'everything without a base',
      { task: 'tabular', weights: null },
      { method: 'full', learningRate: 1e-3 },
      '800 examples: full fine-tuning, because there is no base to keep.',
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
          expect(rung.steps).toBeGreaterThan(rungs[i]!.steps);
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
    ); // prettier-ignore
    expect(search.alive).toEqual([1, 2]);
  });
});

describe('settings to try', () => {
  test('begin with the recommended ones, and are the same for the same seed', () => {
    const space = defaultSpace(base);
    const [first, ...others] = sampleSettings(space, 12, random(1));
    expect(first).toEqual(recommend(base).settings);
    expect(sampleSettings(space, 12, random(1))).toEqual([first, ...others]);
    expect(sampleSettings(space, 12, random(2))).not.toEqual([first, ...others]);
    for (const { method, rank, learningRate } of others) {
      expect(['lora', 'head']).toContain(method);
      expect(method === 'head' ? rank === null : [4, 8, 16].includes(rank!)).toBe(true);
      const usual = method === 'head' ? 1e-3 : 2e-4;
      expect(learningRate / usual).toBeGreaterThanOrEqual(0.25);
      expect(learningRate / usual).toBeLessThanOrEqual(4);
    }
    expect(new Set(others.map(({ method }) => method)).size).toBe(2);
  });

  test('never need more memory than the recommended ones, and no head where there is none', () => {
    const large = { ...base, task: 'generation', classes: null, weights: 7e9, memoryBytes: 16e9 } as const;
    expect(defaultSpace(large).methods).toEqual(['qlora']);
    expect(defaultSpace({ ...large, memoryBytes: null, rows: 500 }).methods).toEqual(['lora']);
  });
});
