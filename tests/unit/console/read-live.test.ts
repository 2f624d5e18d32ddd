import { expect, test } from 'vitest';
import { readHistory, readLive } from '../../../console/read-live.ts';
import { recordedTable } from '../../../monitors/rules/recorded-table.ts';
import { fakeMetricsReader } from '../../fakes/metrics-reader.ts';

const now = 1_764_000_000_000;
const scope = { namespace: 'default', model: 'meter', windowMs: 600_000, inputWindowMs: 60_000 };
const of = { namespace: 'default', model: 'meter', version: 'v1' };

function prometheus() {
  const fake = fakeMetricsReader(() => now);
  const put = (name: string, labels: object, value: number) =>
    fake.series.push({ name, labels: { ...of, ...labels }, points: [[0, value]] });
  return { ...fake, put };
}

test('live figures are those of the champion, of this namespace, over the watched windows', async () => {
  const { reader, put } = prometheus();
  put(recordedTable.championAccuracy.name, { window: '10m' }, 0.8);
  put(recordedTable.championAccuracy.name, { window: '1h' }, 0.1);
  put(recordedTable.championAccuracy.name, { window: '10m', namespace: 'staging' }, 0.2);
  put(recordedTable.championLabelledRows.name, { window: '10m' }, 120);
  put(recordedTable.championRegret.name, {}, 3.5);
  put(recordedTable.trainingPrice.name, {}, 50);
  put('driftloop:predictions:max', { label: 'UP' }, 70);
  put('driftloop:predictions:max', { label: 'DOWN' }, 80);
  expect(await readLive(reader, scope)).toMatchObject({
    state: 'answers',
    accuracy: 0.8,
    labelledInWindow: 120,
    estimated: null,
    regret: 3.5,
    price: 50,
    predictions: 150,
    predictionsPerSecond: null,
    drift: [],
  });
});

test('features come with the one that moved most first, their bins in order, and outside bins only where used', async () => {
  const { reader, put } = prometheus();
  for (const [feature, psi] of [
    ['a', 0.1],
    ['b', 0.4],
  ] as const) {
    put(recordedTable.championPsi.name, { window: '1m', feature }, psi);
    put(recordedTable.featureRows.name, { window: '1m', feature }, 200);
  }
  for (const bin of ['10', '2', '0', 'missing', 'unknown']) {
    put(
      'driftloop:reference_share:max',
      { feature: 'b', bin },
      bin === 'missing' || bin === 'unknown' ? 0 : 0.3,
    );
    put(recordedTable.featureShare.name, { window: '1m', feature: 'b', bin }, bin === 'unknown' ? 0.2 : 0);
  }
  const live = await readLive(reader, scope);
  if (live.state !== 'answers') throw new Error('it answers');
  expect(live.drift.map(({ feature }) => feature)).toEqual(['b', 'a']);
  expect(live.drift[0]).toMatchObject({ psi: 0.4, rows: 200 });
  expect(live.drift[0]!.bins.map(({ bin }) => bin)).toEqual(['0', '2', '10', 'unknown']);
});

test('label coverage is by score, low to high; a bin without predictions is left out', async () => {
  const { reader, put } = prometheus();
  put('driftloop:champion_info:max', {}, 1);
  for (const [bin, predictions, labelled] of [
    ['0.9', 400, 320],
    ['0.5', 60, 0],
    ['0.1', 0, 0],
  ] as const) {
    put(recordedTable.scorePredictions.name, { window: '10m', bin }, predictions);
    if (labelled > 0) put(recordedTable.scoreLabelled.name, { window: '10m', bin }, labelled);
  }
  const live = await readLive(reader, scope);
  if (live.state !== 'answers') throw new Error('it answers');
  expect(live.coverage).toEqual([
    { bin: '0.5', predictions: 60, labelled: 0 },
    { bin: '0.9', predictions: 400, labelled: 320 },
  ]);
});

test('slices are those of the champion in the window, by value; one that nothing was asked of is left out', async () => {
  const { reader, put } = prometheus();
  const plan = (value: string) => ({ window: '10m', slice: 'plan', value });
  for (const [value, asked] of [
    ['team', 60],
    ['free', 400],
    ['missing', 0],
  ] as const)
    put(recordedTable.slicePredictions.name, plan(value), asked);
  put(recordedTable.sliceRows.name, plan('free'), 200);
  put(recordedTable.sliceAccuracy.name, plan('free'), 0.7);
  const live = await readLive(reader, scope);
  if (live.state !== 'answers') throw new Error('it answers');
  expect(live.slices).toEqual([
    { slice: 'plan', value: 'free', accuracy: 0.7, labelled: 200, predictions: 400 },
    { slice: 'plan', value: 'team', accuracy: null, labelled: 0, predictions: 60 },
  ]);
});

test('a slice over time is one line, whichever version was champion', async () => {
  const { reader, series } = prometheus();
  const labels = { ...of, window: '10m', slice: 'plan', value: 'free' };
  const { name } = recordedTable.sliceAccuracy;
  series.push({ name, labels: { ...labels, version: 'v2' }, points: [[now - 600_000, 0.9]] });
  series.push({ name, labels, points: [[now - 3_600_000, 0.6]] });
  const history = await readHistory(reader, scope, { from: now - 7_200_000, to: now, challenger: null });
  const [line, ...others] = history!.slices;
  expect(others).toEqual([]);
  expect(line).toMatchObject({ slice: 'plan', value: 'free' });
  const at = line!.points.map(([ms]) => ms);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(new Set(line!.points.map(([, value]) => value))).toEqual(new Set([0.6, 0.9]));
});

test('a Prometheus that does not answer is an answer of its own', async () => {
  const { reader, state } = prometheus();
  state.problem = 'connect ECONNREFUSED';
  expect(await readLive(reader, scope)).toEqual({
    state: 'silent',
    code: 'DL_PROMETHEUS_UNREACHABLE',
    problem: 'connect ECONNREFUSED',
  });
  expect(await readHistory(reader, scope, { from: now - 1_000, to: now, challenger: null })).toBeNull();
});

test('a chart asks for whole steps, so that a point does not move between two looks', async () => {
  const fake = prometheus();
  const asked: { from: Date; to: Date; stepMs: number }[] = [];
  const reader: typeof fake.reader = {
    ...fake.reader,
    range: async (_, range) => {
      asked.push(range);
      return [];
    },
  };
  const look = (at: number) => readHistory(reader, scope, { from: at - 3_600_000, to: at, challenger: 'v2' });
  await look(now);
  await look(now + 700);
  const [first, second] = [asked[0]!, asked[6]!];
  expect(first.stepMs).toBe(15_000);
  expect(first.from.getTime() % first.stepMs).toBe(0);
  expect(second).toEqual(first);
  expect(asked[11]).toEqual(asked[5]);
  expect(asked[5]!.from.getTime() % asked[5]!.stepMs).toBe(0);
  expect(asked).toHaveLength(12);
});
