import { expect, test } from 'vitest';
import { championSpans, chartData, zoomData } from '../../../console/charts/chart-data.ts';
import { beginOf, chooseRange } from '../../../console/pages/ranges.ts';
import type { History } from '../../../console/model-view.ts';
import { ago, day, hour, now, run, view } from '../../fakes/console-views.ts';

const history = (accuracy: History['accuracy']): History => ({
  from: now - day,
  to: now,
  stepMs: hour,
  accuracy,
  labelled: [],
  regret: [],
  estimated: [],
  slices: [],
});
const points = (...hoursAgo: number[]): [number, number][] => hoursAgo.map((h) => [now - h * hour, 0.8]);

test('the champions of a chart are told by who had labelled rows when; one that comes back is there twice', () => {
  const spans = championSpans(
    history([
      { version: 'v1', role: 'champion', points: points(10, 9, 4, 3, 1) },
      { version: 'v2', role: 'champion', points: points(8, 7, 5) },
      { version: 'v3', role: 'challenger', points: points(2) },
    ]),
  );
  expect(spans.map(({ version, from, to }) => [version, (now - from) / hour, (now - to) / hour])).toEqual([
    ['v1', 10, 8],
    ['v2', 8, 4],
    ['v1', 4, 0],
  ]);
});

test('a champion without labels for long is not drawn up to now', () => {
  const [span] = championSpans(history([{ version: 'v1', role: 'champion', points: points(10, 9) }]));
  expect((now - span!.to) / hour).toBe(9);
});

test('what lies outside the stretch is not drawn, and what began before it begins at its edge', () => {
  const data = chartData(
    view({
      runs: [
        run({ id: 'a', startedAt: ago(2 * day) }),
        run({ id: 'b', startedAt: ago(9 * day), endedAt: ago(8 * day) }),
      ],
      alerts: [5 * hour, 3 * day].map((ms) => ({
        fingerprint: String(ms),
        startsAt: ago(ms),
        endsAt: null,
        status: 'firing',
        model: 'electricity',
        alertname: 'DriftloopRegret',
        labels: { kind: 'regret', level: 'detected' },
        annotations: {},
        receivedAt: ago(ms),
      })),
      health: { word: 'worse', since: ago(3 * day), because: [] },
    }),
    history([]),
  );
  expect(data.runs.map(({ from, to }) => [from, to])).toEqual([[now - day, now]]);
  expect(data.alerts.map(({ at }) => (now - at) / hour)).toEqual([5]);
  expect(data.since).toBeNull();
});

test('a chart shows what was asked for, else the shortest stretch that holds the life of the model', () => {
  expect(chooseRange('90d', ago(hour), now).key).toBe('90d');
  expect(chooseRange('1y', ago(hour), now).key).toBe('24h');
  expect(chooseRange(undefined, ago(600_000), now).key).toBe('15m');
  expect(chooseRange(undefined, ago(400 * day), now).key).toBe('14d');
  expect(chooseRange(undefined, undefined, now).key).toBe('15m');
  const range = chooseRange(undefined, ago(100_000), now);
  expect(now - beginOf(range, ago(100_000), now)).toBe(105_000);
  expect(now - beginOf(chooseRange('24h', undefined, now), undefined, now)).toBe(day);
});

test('the chart that is zoomed has the same lines in steps, the estimate as a line of its own, and where something changed', () => {
  const given = {
    ...history([
      { version: 'v11', role: 'champion', points: points(20, 19) },
      { version: 'v12', role: 'champion', points: points(3, 2) },
      { version: 'v13', role: 'challenger', points: points(2) },
    ]),
    estimated: points(2),
  };
  const data = chartData(view({ health: { word: 'worse', since: ago(2 * hour), because: [] } }), given);
  const { from, step, series, marks, objective } = JSON.parse(zoomData(data)) as {
    from: number;
    step: number;
    objective: number | null;
    series: { name: string; role: string; points: [number, number][] }[];
    marks: { at: number; tone: string }[];
  };
  expect(series.map(({ name }) => name)).toEqual(['v11', 'v12', 'v13 on trial', 'estimated']);
  expect(from + series[1]!.points[1]![0] * step).toBe(now - 2 * hour);
  expect(marks.map(({ tone }) => tone)).toEqual(['champion', 'bad']);
  expect(objective).toBe(0.8);
});
