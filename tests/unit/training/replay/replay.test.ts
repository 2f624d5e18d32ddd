import { expect, test } from 'vitest';
import { replayPolicy, trainFirstChampion, type ReplayPolicy } from '../../../../training/replay/replay.ts';
import { conceptStream } from './concept-stream.ts';

const play = async (stream: ReturnType<typeof conceptStream>, policy: ReplayPolicy = { kind: 'regret' }) =>
  replayPolicy(stream, policy, await trainFirstChampion(stream));
const noiseIn = (from: number, to: number) => Math.ceil(to / 10) - Math.ceil(from / 10);

test('never: the first champion is right until the change and wrong after it', async () => {
  const replay = await play(
    conceptStream([
      [0, 2_000],
      [1, 3_000],
    ]),
    { kind: 'never' },
  );
  expect(replay).toMatchObject({
    trainings: 0,
    promotions: 0,
    errors: noiseIn(500, 2_000) + 3_000,
    events: [],
  });
  expect(replay.cost).toBe(replay.errors);
  expect(replay.answered).toHaveLength(4_500);
});

test('the schedule trains every 2,000 rows on the newest 2,000, and promotes without asking', async () => {
  const stream = conceptStream([
    [0, 2_000],
    [1, 6_000],
  ]);
  const replay = await play(stream, { kind: 'schedule', every: 2_000, last: 2_000 });
  expect(stream.trained.slice(1)).toEqual([
    { from: 500, to: 2_500 },
    { from: 2_500, to: 4_500 },
    { from: 4_500, to: 6_500 },
  ]);
  expect(replay).toMatchObject({ trainings: 3, promotions: 3 });
  expect(replay.cost).toBe(replay.errors + 150);
});

test('regret: once, on rows after the change only, as soon as there are 250 of them', async () => {
  const stream = conceptStream(
    [
      [0, 2_000],
      [1, 3_000],
    ],
    { noiseEvery: 7 },
  );
  const replay = await play(stream);
  const [training] = replay.events.filter((event) => event.kind === 'train');
  expect(training).toMatchObject({ reason: 'onset', to: 2_250, version: 2 });
  expect(stream.trained[1]!.from).toBeGreaterThanOrEqual(1_999); // one noisy row before the change may look like it
  expect(stream.trained[1]!.from).toBeLessThanOrEqual(2_001);
  const [promotion] = replay.events.filter((event) => event.kind === 'promote');
  expect(promotion).toMatchObject({ row: 2_275, by: 'evidence', over: 1, isFalse: false });
});

test('the growth refit comes when the rows since onset have grown fourfold, and is the last while 4N ≤ 8,000', async () => {
  const regimes: [number, number][] = [
    [0, 2_000],
    [1, 12_000],
  ];
  const replay = await play(conceptStream(regimes, { isLucky: true }));
  const trainings = replay.events.filter((event) => event.kind === 'train');
  expect(trainings.map(({ reason }) => reason)).toEqual(['onset', 'growth', 'growth']);
  const rows = trainings.map(({ from, to }) => to - from);
  expect(rows[1]! / rows[0]!).toBeCloseTo(4, 0);
  expect(rows[2]).toBe(4_000);
});

test('a refit that is right and wrong where the champion is proves nothing, and no further one follows', async () => {
  const replay = await play(
    conceptStream([
      [0, 2_000],
      [1, 12_000],
    ]),
  );
  const refit = replay.events.filter(({ version }) => version === 3);
  expect(refit).toMatchObject([
    { kind: 'train', reason: 'growth' },
    { kind: 'reject', by: 'expired' },
  ]);
});

test('a concept that comes back is answered by the version that knew it, without a training', async () => {
  const replay = await play(
    conceptStream([
      [0, 2_000],
      [1, 6_000],
      [0, 3_000],
      [1, 3_000],
    ]),
  );
  const returns = replay.events.filter((event) => event.kind === 'promote' && event.by === 'memory');
  expect(returns).toHaveLength(2);
  expect(returns[0]!.version).toBe(1);
  expect(returns[0]!.row - 8_000).toBeLessThanOrEqual(100);
  expect(returns[1]!.row - 11_000).toBeLessThanOrEqual(100);
  expect(replay.events.filter((event) => event.kind === 'train' && event.row > 8_000)).toEqual([]);
});

test('without a change nothing is trained', async () => {
  const replay = await play(conceptStream([[0, 20_000]]));
  expect(replay.events).toEqual([]);
});

test('labels that come 500 rows later only move everything', async () => {
  const at = async (delay: number) => {
    const replay = await play(
      conceptStream(
        [
          [0, 3_000],
          [1, 4_000],
        ],
        { delay },
      ),
    );
    return replay.events.map(({ row, labelled, kind }) => ({ labelled, kind, behind: row - labelled }));
  };
  const [early, late] = [await at(0), await at(500)];
  expect(late.map(({ behind }) => behind)).toEqual(late.map(() => 500));
  expect(late.slice(0, 2).map(({ labelled }) => labelled)).toEqual(
    early.slice(0, 2).map(({ labelled }) => labelled),
  );
});

test('constants are options', async () => {
  const stream = () =>
    conceptStream([
      [0, 2_000],
      [1, 3_000],
    ]);
  const { events } = await replayPolicy(stream(), { kind: 'regret', constants: { price: 1e6 } }, 0);
  expect(events).toEqual([]);
  const late = await play(stream(), { kind: 'regret', constants: { minRows: 1_000 } });
  expect(late.events[0]).toMatchObject({ kind: 'train', to: 3_000 });
});
