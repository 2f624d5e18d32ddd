import { expect, test } from 'vitest';
import { replayPolicy, type ReplayEvent, type Trigger } from '../../../../training/replay/replay.ts';
import { conceptStream } from './concept-stream.ts';
import { scriptedStream } from './scripted-stream.ts';

/** One row in `n` is wrong, which one is told by `phase`. */
const oneIn = (n: number, row: number, phase = 0) => row % n === phase;
const eventsOf = async (script: Parameters<typeof scriptedStream>[0]) =>
  (await replayPolicy(scriptedStream(script), { kind: 'regret' }, 1)).events;
const of = (events: readonly ReplayEvent[], version: number) =>
  events.filter((event) => event.version === version).map(({ kind, row }) => ({ kind, row }));

test('a challenger is judged on rows that came after its training, not on those that it knows', async () => {
  const events = await eventsOf({
    rows: 3_000,
    // v1 is bad from row 2,000 on; v2 knows everything up to its cut at 2,250 by heart and is worse after it.
    isWrong: (version, row) =>
      version === 1 ? row >= 2_000 && oneIn(2, row) : row >= 2_250 && version === 2,
  });
  expect(of(events, 2)).toEqual([
    { kind: 'train', row: 2_250 },
    { kind: 'reject', row: 2_275 },
  ]);
});

test('a version that comes back is watched from its first row, by its own reference', async () => {
  // Back to concept 0 for 300 rows only: v1 takes over within them, and the next change follows at once.
  const stream = conceptStream([
    [0, 2_000],
    [1, 6_000],
    [0, 300],
    [1, 2_000],
  ]);
  const { events } = await replayPolicy(stream, { kind: 'regret' }, 0);
  const returns = events.filter((event) => event.kind === 'promote' && event.by === 'memory');
  expect(returns.map(({ version }) => version === 1)).toEqual([true, false]);
  expect(returns[0]!.row).toBeLessThanOrEqual(8_100);
  expect(returns[1]!.row).toBeLessThanOrEqual(8_400);
});

test('the onset is looked for in what the champion did since it took over', async () => {
  const events = await eventsOf({
    rows: 3_000,
    isWrong(version, row) {
      if (version === 1) return row >= 2_000;
      // v2 knew nothing of the old regime, knows the new one, and goes bad at 2,600.
      if (version === 2) return row < 2_000 || (row >= 2_600 && row % 5 < 3);
      return row < 2_600;
    },
  });
  const trainings = events.filter((event) => event.kind === 'train');
  expect(trainings[1]).toMatchObject({ version: 3, reason: 'onset', from: 2_600, to: 2_850 });
});

test('when patience has dropped a challenger the next training comes at once, otherwise after 500 rows', async () => {
  const rowsOfTrainings = async (isWrong: (version: number, row: number) => boolean) =>
    (await eventsOf({ rows: 3_200, isWrong })).filter(({ kind }) => kind === 'train').map(({ row }) => row);
  const isChampionWrong = (row: number) => row >= 2_000 && oneIn(2, row);
  // Errs where the champion errs, and on one row in fifty more: behind, but not provably within 300 rows.
  const hardlyWorse = (version: number, row: number) =>
    isChampionWrong(row) || (version > 1 && oneIn(50, row, 1));
  const [first, second] = await rowsOfTrainings(hardlyWorse);
  expect(second! - first!).toBe(300);
  const farWorse = (version: number, row: number) => isChampionWrong(row) || version > 1;
  const [third, fourth] = await rowsOfTrainings(farWorse);
  expect(fourth! - third!).toBe(500);
});

test('a promotion drops the challengers that are not newer', async () => {
  const events = await eventsOf({
    rows: 3_200,
    isWrong(version, row) {
      if (version === 1) return row >= 2_000;
      if (version === 2) return row >= 2_600 && oneIn(2, row); // its refit is due at 3,000
      if (version === 3) return row >= 2_600 && oneIn(2, row); // no better, still on trial then
      return false;
    },
  });
  expect(of(events, 3)).toEqual([{ kind: 'train', row: 2_850 }]);
  expect(of(events, 4)).toEqual([
    { kind: 'train', row: 3_000 },
    { kind: 'promote', row: 3_025 },
  ]);
});

test('a promotion to an equal version is not false', async () => {
  const stream = scriptedStream({ rows: 5_000, isWrong: (_, row) => oneIn(3, row) });
  const replay = await replayPolicy(stream, { kind: 'schedule', every: 2_000, last: 2_000 }, 1);
  expect(replay).toMatchObject({ promotions: 2, falsePromotions: 0 });
  const worse = scriptedStream({ rows: 5_000, isWrong: (version, row) => oneIn(version === 1 ? 3 : 2, row) });
  expect(
    (await replayPolicy(worse, { kind: 'schedule', every: 2_000, last: 2_000 }, 1)).falsePromotions,
  ).toBe(1);
});

test('with a trigger its drift begins a training, once for each champion, and regret begins none', async () => {
  const stream = () =>
    conceptStream([
      [0, 2_000],
      [1, 4_000],
    ]);
  const never: Trigger = { begin: () => () => false };
  expect((await replayPolicy(stream(), { kind: 'regret', trigger: never }, 0)).trainings).toBe(0);

  // Two hundred errors, noise included: begun anew for each champion, so that it tells how often it was.
  let begun = 0;
  const errors: Trigger = {
    begin() {
      begun += 1;
      let seen = 0;
      return (bits) => (seen += Array.from(bits).filter((bit) => bit === 1).length) > 200;
    },
  };
  const { events, accuracy } = await replayPolicy(stream(), { kind: 'regret', trigger: errors }, 0);
  const trainings = events.filter((event) => event.kind === 'train' && event.reason === 'onset');
  expect(trainings).toHaveLength(1);
  expect(trainings[0]!.row).toBeGreaterThan(2_200);
  expect(begun).toBe(1 + events.filter(({ kind }) => kind === 'promote').length);
  expect(accuracy).toBeGreaterThan(0.8);
});
