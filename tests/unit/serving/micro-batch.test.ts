import { expect, test } from 'vitest';
import type { InputRow } from '../../../domain/input.ts';
import { createMicroBatcher } from '../../../serving/micro-batch.ts';
import { labelOfAnswer } from '../../support/label-of.ts';

const rowsOf = (...values: number[]): InputRow[] => values.map((x) => ({ x }));
/** Limits that no test here meets. */
const patient = { queueRows: 1_000, answerWithinMs: 10_000 };
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

/** Answers every row with its own value as the label, when the gate of its call opens. */
function slowPredictor() {
  const calls: { key: string; rows: readonly InputRow[]; open: () => void }[] = [];
  return {
    calls,
    async predict(key: string, rows: readonly InputRow[]) {
      const { open, opened } = gate();
      calls.push({ key, rows, open });
      await opened;
      return rows.map(({ x }) => ({ label: String(x), scores: {} }));
    },
  };
}
const tick = () => new Promise((resolve) => setImmediate(resolve));

test('requests that come together, or while a call is under way, leave together, and each gets its own answers', async () => {
  const predictor = slowPredictor();
  const batcher = createMicroBatcher(predictor);
  const answers = [batcher.predict('a', rowsOf(1), patient), batcher.predict('a', rowsOf(2, 3), patient)];
  await tick();
  expect(predictor.calls.map((c) => c.rows.length)).toEqual([3]);
  answers.push(batcher.predict('a', rowsOf(4), patient), batcher.predict('a', rowsOf(5), patient));
  await tick();
  expect(predictor.calls.map((c) => c.rows.length)).toEqual([3]);
  predictor.calls[0]!.open();
  await tick();
  expect(predictor.calls.map((c) => c.rows.length)).toEqual([3, 2]);
  predictor.calls[1]!.open();
  expect((await Promise.all(answers)).map((outputs) => outputs.map(labelOfAnswer))).toEqual([
    ['1'],
    ['2', '3'],
    ['4'],
    ['5'],
  ]);
});

test('a call holds at most maxRows rows, except a single request that is larger', async () => {
  const predictor = slowPredictor();
  const batcher = createMicroBatcher(predictor, { maxRows: 3 });
  const answers = [[1], [2, 3, 4], [5], [6, 7, 8, 9], [10]].map((values) =>
    batcher.predict('a', rowsOf(...values), patient),
  );
  await tick();
  for (let i = 0; i < 5; i += 1) {
    predictor.calls[i]!.open();
    await tick();
  }
  expect(predictor.calls.map((c) => c.rows.length)).toEqual([1, 3, 1, 4, 1]);
  await expect(Promise.all(answers)).resolves.toHaveLength(5);
});

test('versions do not wait for each other', async () => {
  const predictor = slowPredictor();
  const batcher = createMicroBatcher(predictor);
  const answers = [batcher.predict('a', rowsOf(1), patient), batcher.predict('b', rowsOf(2), patient)];
  await tick();
  expect(predictor.calls.map((c) => c.key)).toEqual(['a', 'b']);
  for (const { open } of predictor.calls) open();
  await Promise.all(answers);
});

test('a failed call fails its own requests and not the next ones', async () => {
  let calls = 0;
  const batcher = createMicroBatcher({
    async predict(_, rows) {
      calls += 1;
      if (calls === 1) throw new Error('the child died');
      return rows.map(() => ({ label: 'ok', scores: {} }));
    },
  });
  await expect(batcher.predict('a', rowsOf(1), patient)).rejects.toThrow('the child died');
  await expect(batcher.predict('a', rowsOf(1), patient)).resolves.toEqual([{ label: 'ok', scores: {} }]);
});

test('too few answers are an error, never a shifted answer', async () => {
  const batcher = createMicroBatcher({ predict: async () => [] });
  await expect(batcher.predict('a', rowsOf(1), patient)).rejects.toThrow('answered 0 of 1 rows');
});

test('a queue holds so many rows, and whoever does not fit in is told so at once', async () => {
  const predictor = slowPredictor();
  const batcher = createMicroBatcher(predictor);
  const limits = { ...patient, queueRows: 3 };
  const first = batcher.predict('a', rowsOf(1, 2, 3, 4, 5), limits);
  await tick();
  const second = batcher.predict('a', rowsOf(6, 7), limits);
  await expect(batcher.predict('a', rowsOf(8, 9), limits)).rejects.toMatchObject({
    code: 'DL_QUEUE_FULL',
    status: 503,
    retryable: true,
  });
  const other = batcher.predict('b', rowsOf(10), limits);
  await tick();
  for (const call of predictor.calls) call.open();
  await expect(Promise.all([first, other])).resolves.toHaveLength(2);
  await tick();
  predictor.calls.at(-1)!.open();
  await expect(second).resolves.toHaveLength(2);
});

test('who has waited too long is told so, and is not computed for where that has not begun', async () => {
  const predictor = slowPredictor();
  const batcher = createMicroBatcher(predictor);
  const toldSo = (rows: InputRow[], answerWithinMs: number) =>
    expect(batcher.predict('a', rows, { ...patient, answerWithinMs })).rejects.toMatchObject({
      code: 'DL_PREDICTION_LATE',
      status: 504,
    });
  const begun = toldSo(rowsOf(1), 10);
  await tick();
  const waiting = toldSo(rowsOf(2), 5);
  const stays = batcher.predict('a', rowsOf(3), patient);
  await Promise.all([begun, waiting]);
  predictor.calls[0]!.open();
  await tick();
  predictor.calls[1]!.open();
  expect((await stays).map(labelOfAnswer)).toEqual(['3']);
  expect(predictor.calls.map(({ rows }) => rows.map(({ x }) => x))).toEqual([[1], [3]]);
});
