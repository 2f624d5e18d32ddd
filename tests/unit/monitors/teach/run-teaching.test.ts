import { expect, test } from 'vitest';
import { runTeaching } from '../../../../monitors/teach/run-teaching.ts';
import type { TeachingStores } from '../../../../monitors/teach/run-teaching.ts';
import type { Reason } from '../../../../domain/teach.ts';

/** At which beats a model is looked at, of which nothing is worth asking. */
async function looks(waiting: Partial<Record<Reason, number>>): Promise<number[]> {
  const stopping = new AbortController();
  const seen: number[] = [];
  let asked = 0;
  const stores = {
    teach: {
      tidy: async () => 0,
      // Each look asks once more than the beat itself.
      waiting: async () => {
        asked += 1;
        if (asked - seen.length > 64) stopping.abort();
        return new Map([['m', waiting]]);
      },
      recent: async () => {
        seen.push(asked - seen.length - 2);
        return [];
      },
      queue: async () => [],
      disputes: async () => [],
      enqueue: async () => 0,
    },
    models: { get: async () => ({ config: { input: {}, task: { kind: 'regression' } } }) },
    versions: { champion: async () => null, reference: async () => null },
  } as unknown as TeachingStores;
  await runTeaching({ stores, signal: stopping.signal, everyMs: 0 });
  return seen;
}

test('a model of which nothing was ever chosen is looked at again within a minute and a half', async () => {
  expect((await looks({})).slice(0, 6)).toEqual([0, 2, 6, 12, 18, 24]);
});

test('one of which rows were chosen rests longer where nothing else is worth asking', async () => {
  expect((await looks({ new: 1 })).slice(0, 5)).toEqual([0, 2, 6, 14, 30]);
});
