import { expect, test } from 'vitest';
import { checkpointKeeper } from '../../../activities/keep-checkpoints.ts';

/** A store that takes as long as the test wants. */
function slowStore() {
  const saves: { finish: () => void; fail: (error: Error) => void }[] = [];
  return {
    saves,
    store: {
      save: () => new Promise<void>((finish, fail) => void saves.push({ finish, fail })),
      load: async () => false,
      remove: async () => {},
      sweep: async () => [],
    },
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a slow store gets one checkpoint at a time and misses those between; the last one it gets', async () => {
  const { saves, store } = slowStore();
  const keeper = checkpointKeeper(store, { runId: 'r', file: 'f', onProblem: () => {} });
  keeper.soon();
  keeper.soon();
  keeper.soon();
  expect(saves).toHaveLength(1);
  saves[0]!.finish();
  await turn();
  expect(saves).toHaveLength(2);
  let isSettled = false;
  const settled = keeper.settled().then(() => (isSettled = true));
  await turn();
  expect(isSettled).toBe(false);
  saves[1]!.finish();
  await settled;
  expect(saves).toHaveLength(2);
  keeper.soon();
  expect(saves).toHaveLength(3);
});

test('a store that fails is heard of, and asked again with the next checkpoint', async () => {
  const { saves, store } = slowStore();
  const problems: unknown[] = [];
  const keeper = checkpointKeeper(store, { runId: 'r', file: 'f', onProblem: (e) => problems.push(e) });
  keeper.soon();
  saves[0]!.fail(new Error('the disk is full'));
  await keeper.settled();
  expect(problems).toMatchObject([{ message: 'the disk is full' }]);
  keeper.soon();
  saves[1]!.finish();
  await keeper.settled();
  expect(problems).toHaveLength(1);
});
