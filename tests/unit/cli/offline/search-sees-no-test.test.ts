import { expect, test } from 'vitest';
import type { Prepared } from '../../../../cli/offline/describe-run.ts';
import type { CommonSettings, OfflineTask } from '../../../../cli/offline/offline-task.ts';
import { searchOffline } from '../../../../cli/offline/search-settings.ts';
import type { SearchWish } from '../../../../domain/fine-tune-config.ts';

type Row = { x: number };
const rows = (from: number) => [0, 1, 2, 3].map((i) => ({ input: { x: from + i }, label: 'A' }));

test('a search is told what the validation rows say, and never of the rows that test', async () => {
  const asked: string[] = [];
  const prepared = new Proxy(
    {
      described: {},
      train: rows(0),
      validation: rows(10),
      oldSituation: null,
      fineTune: { seed: 1 },
      test: rows(20),
    },
    {
      get(target, name) {
        asked.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    },
  ) as unknown as Prepared<Row>;
  const seen = new Set<number>();
  const note = (given: readonly { input: Row }[]) => given.forEach(({ input }) => seen.add(input.x));
  const wish = { method: 'search', over: {}, budget: { trials: 2 }, epochs: 3 } as SearchWish;
  const task = {
    recommend: async (given: readonly { input: Row }[], _: unknown, { fineTune }: { fineTune: object }) => {
      note(given);
      return { fineTune, settings: [] };
    },
    search: {
      space: async (given: readonly { input: Row }[]) => {
        note(given);
        const first = { method: 'full', learningRate: 1e-3, rank: null, hidden: null };
        return { first, methods: ['full'], rates: null, ranks: [], hidden: [] };
      },
      open: async (given: { train: { input: Row }[]; validation: { input: Row }[] }) => {
        note([...given.train, ...given.validation]);
        expect(Object.keys(given).toSorted()).toEqual(
          ['candidates', 'described', 'signal', 'train', 'validation'].toSorted(),
        );
        return {
          epochs: 3,
          stepsPerEpoch: 1,
          advance: async (trial: number, epochs: number) => ({
            trial,
            epochs,
            loss: trial,
            score: 0,
            isOver: false,
          }),
          close: async () => {},
        };
      },
    },
  } as unknown as OfflineTask<Row, CommonSettings>;
  const { search: report } = await searchOffline(task, prepared, {
    wish,
    base: null,
    say: () => {},
    signal: new AbortController().signal,
  });
  expect(report.trials.length).toBe(2);
  expect(asked).not.toContain('test');
  expect([...seen].every((x) => x < 20)).toBe(true);
  expect(seen.size).toBe(8);
});
