import { expect, test } from 'vitest';
import { alertsInSight } from '../../../activities/alerts-in-sight.ts';
import type { AlertRow, FiringAlert } from '../../../domain/ports.ts';

const labels = { model: 'm', kind: 'regret', level: 'detected', version: 'v1' };
const row = (over: Partial<AlertRow> = {}): AlertRow => ({
  fingerprint: 'f1',
  startsAt: '2026-03-01T12:00:00.000Z',
  endsAt: null,
  status: 'firing',
  model: 'm',
  alertname: 'DriftloopRegret',
  labels: { ...labels, cluster: 'added by Alertmanager' },
  annotations: { sentence: 'As the webhook said it.' },
  ...over,
});
const firing: FiringAlert = {
  alertname: 'DriftloopRegret',
  labels,
  annotations: { sentence: 'As Prometheus says it now.' },
  activeAt: '2026-03-01T11:59:58.000Z',
};

test('what Prometheus says is enough; with its row it is known by its fingerprint and its beginning', () => {
  expect(alertsInSight([firing], [], [])).toEqual([firing]);
  expect(alertsInSight([firing], [row()], [row()])).toEqual([
    { ...firing, fingerprint: 'f1', activeAt: '2026-03-01T12:00:00.000Z' },
  ]);
});

test('an alert that only the webhook told of counts for as long as its row is open', () => {
  const [told, ...more] = alertsInSight([], [row()], [row()]);
  expect(more).toEqual([]);
  expect(told).toMatchObject({ fingerprint: 'f1', annotations: { sentence: 'As the webhook said it.' } });
  // It was signalled while it fired, and is over by now: the supervisor may have been busy for days.
  const over = row({ status: 'resolved', endsAt: '2026-03-01T12:05:00.000Z' });
  expect(alertsInSight([], [over], [row()])).toEqual([]);
  expect(alertsInSight([], [], [row()])).toEqual([]);
});

test('a row of another version is another alert', () => {
  const other = row({ labels: { ...labels, version: 'v2' } });
  expect(alertsInSight([firing], [other], [])).toEqual([firing]);
});
