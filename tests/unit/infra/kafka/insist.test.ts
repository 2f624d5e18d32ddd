import { expect, test } from 'vitest';
import { DriftloopError } from '../../../../domain/errors.ts';
import { insist } from '../../../../infra/kafka/insist.ts';

const quick = { firstWaitMs: 1, maxWaitMs: 4, beatMs: 1 };

test('what is away comes back: it is tried until it works, with longer waits up to a limit', async () => {
  const waits: number[] = [];
  let left = 5;
  const signal = new AbortController().signal;
  const result = await insist(
    async () => {
      if (left-- > 0) throw new Error('away');
      return 'done';
    },
    { signal, onFailure: (_, wait) => waits.push(wait), ...quick },
  );
  expect(result).toBe('done');
  expect(waits).toEqual([1, 2, 4, 4, 4]);
});

test('a mistake is not tried again', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw new DriftloopError('DL_TOPIC_RECREATED', 'gone', { fix: 'look' });
  };
  const signal = new AbortController().signal;
  await expect(insist(work, { signal, onFailure: () => {}, ...quick })).rejects.toMatchObject({
    code: 'DL_TOPIC_RECREATED',
  });
  expect(tries).toBe(1);
});

test('the signal ends the waiting', async () => {
  const controller = new AbortController();
  const waiting = insist(() => Promise.reject(new Error('away')), {
    signal: controller.signal,
    onFailure: () => controller.abort(new Error('stop')),
    firstWaitMs: 60_000,
    maxWaitMs: 60_000,
  });
  await expect(waiting).rejects.toThrow('stop');
});

test('a heartbeat that fails while it waits ends it: somebody else has the partition now', async () => {
  const signal = new AbortController().signal;
  const rebalanced = async () => {
    throw new Error('rebalanced');
  };
  await expect(
    insist(() => Promise.reject(new Error('away')), {
      signal,
      onFailure: () => {},
      meanwhile: rebalanced,
      ...quick,
    }),
  ).rejects.toThrow('rebalanced');
});
