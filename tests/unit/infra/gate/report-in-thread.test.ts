import { expect, test } from 'vitest';
import { classification } from '../../../../domain/task.ts';
import { reportInThread } from '../../../../infra/gate/report-in-thread.ts';
import { answeredRows } from '../../../../training/gate/answered-rows.ts';
import { reportPair } from '../../../../training/gate/report-pair.ts';

const task = classification({ labels: ['A', 'B'] });
function answered(rows: number) {
  const output = (label: string) => ({ label, scores: { [label]: 1 } });
  const labelled = Array.from({ length: rows }, (_, i) => ({
    label: i % 3 === 0 ? 'A' : 'B',
    input: { place: i % 2 === 0 ? 'here' : null, words: 'not asked for' },
  }));
  return answeredRows(
    task,
    labelled,
    labelled.map(({ label }, i) => output(i % 7 === 0 ? 'A' : label)),
    labelled.map(({ label }, i) => output(i % 5 === 0 ? 'B' : label)),
  );
}

/** How often the process came to do something else meanwhile. */
async function countTurns(waitedFor: Promise<unknown>): Promise<number> {
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 1);
  await waitedFor.finally(() => clearInterval(clock));
  return turns;
}

test('many rows are reported in a thread, as they would be here, and the process goes on meanwhile', async () => {
  const rows = answered(20_000);
  const report = reportInThread(task, rows, { slices: ['place'] });
  expect(await countTurns(report)).toBeGreaterThan(20);
  expect(await report).toEqual(reportPair(task, rows, { slices: ['place'] }));
});

test('a few rows are not worth a thread', async () => {
  const rows = answered(200);
  const report = reportInThread(task, rows, { slices: [] });
  expect(await countTurns(report)).toBe(0);
  expect(await report).toEqual(reportPair(task, rows, { slices: [] }));
});
