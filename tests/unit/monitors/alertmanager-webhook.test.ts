import { expect, test } from 'vitest';
import { AlertPayloadInvalid, readAlertWebhook } from '../../../monitors/alertmanager-webhook.ts';

const firing = {
  status: 'firing',
  labels: { alertname: 'DriftloopRegret', namespace: 'default', model: 'churn', level: 'detected' },
  annotations: { sentence: 'So it is.' },
  startsAt: '2026-03-01T12:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'c0ffee',
};

test('a firing alert has no end, and its time is to the millisecond', () => {
  const { alerts, ignored } = readAlertWebhook(
    { version: '4', status: 'firing', alerts: [firing] },
    'default',
  );
  expect(ignored).toBe(0);
  expect(alerts).toEqual([
    {
      fingerprint: 'c0ffee',
      startsAt: '2026-03-01T12:00:00.123Z',
      endsAt: null,
      status: 'firing',
      model: 'churn',
      alertname: 'DriftloopRegret',
      labels: firing.labels,
      annotations: firing.annotations,
    },
  ]);
});

test('a resolved alert says when it ended', () => {
  const over = { ...firing, status: 'resolved', endsAt: '2026-03-01T12:05:00Z' };
  expect(readAlertWebhook({ alerts: [over] }, 'default').alerts[0]).toMatchObject({
    status: 'resolved',
    endsAt: '2026-03-01T12:05:00.000Z',
  });
});

test('alerts of other teams and of other namespaces are left alone', () => {
  const disk = { ...firing, labels: { alertname: 'DiskFull' } };
  const staging = { ...firing, labels: { ...firing.labels, namespace: 'staging' } };
  const { alerts, ignored } = readAlertWebhook({ alerts: [disk, firing, staging] }, 'default');
  expect([alerts.length, ignored]).toEqual([1, 2]);
});

test.each([
  ['null', null],
  ['a list', []],
  ['no alerts', {}],
  ['an alert without a fingerprint', { alerts: [{ ...firing, fingerprint: undefined }] }],
  ['an unknown status', { alerts: [{ ...firing, status: 'pending' }] }],
  ['a time that is none', { alerts: [{ ...firing, startsAt: 'yesterday' }] }],
])('what is not a webhook is refused with its problem: %s', (_, body) => {
  expect(() => readAlertWebhook(body, 'default')).toThrow(AlertPayloadInvalid);
});
