import { expect, test } from 'vitest';
import { DriftloopError } from '../../../domain/errors.ts';
import type { AlertRow } from '../../../domain/ports.ts';
import { createAlertWebhook } from '../../../console/alert-webhook.ts';
import { fakePeople } from '../../fakes/people.ts';

const token = 'a-token-of-some-length';

/** The door with a store that knows (fingerprint, startsAt), and a loop that keeps what it is told. */
function door(alertFired: (alert: AlertRow) => Promise<void> = async () => {}) {
  const known = new Set<string>();
  const signalled: string[] = [];
  const logged: string[] = [];
  const app = createAlertWebhook({
    alerts: {
      async record(rows) {
        const fresh = rows.filter((row) => !known.has(row.fingerprint + row.startsAt));
        for (const row of rows) known.add(row.fingerprint + row.startsAt);
        return fresh;
      },
    },
    loop: {
      async alertFired(alert) {
        await alertFired(alert);
        signalled.push(alert.fingerprint);
      },
    },
    namespace: 'default',
    doorkeeper: fakePeople({ token, localUser: null }).doorkeeper,
    log: { error: (_, message) => logged.push(message) },
  });
  const post = (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    app.request('/alerts', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    });
  return { post, signalled, logged };
}
const alert = (fingerprint: string, over: { status?: string; labels?: Record<string, string> } = {}) => ({
  status: over.status ?? 'firing',
  labels: {
    alertname: 'DriftloopRegret',
    namespace: 'default',
    model: 'churn',
    kind: 'regret',
    level: 'detected',
    ...over.labels,
  },
  annotations: {},
  startsAt: '2026-03-01T12:00:00.000Z',
  endsAt: over.status === 'resolved' ? '2026-03-01T12:01:00.000Z' : '0001-01-01T00:00:00Z',
  fingerprint,
});
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string; fix: string } }).error;

test('a new firing alert signals its supervisor once, however often it is posted', async () => {
  const { post, signalled } = door();
  const first = await post({ alerts: [alert('a')] });
  expect(first.status).toBe(200);
  expect(await first.json()).toEqual({ received: 1, new: 1, signalled: 1, ignored: 0 });
  for (let i = 0; i < 20; i += 1) await post({ alerts: [alert('a')] });
  expect(signalled).toEqual(['a']);
});

test('a resolution, a suspicion and silence are rows, and signal nobody', async () => {
  const { post, signalled } = door();
  const response = await post({
    alerts: [
      alert('a', { status: 'resolved' }),
      alert('b', { labels: { level: 'suspected' } }),
      alert('c', { labels: { kind: 'silence' } }),
      alert('d', { labels: { namespace: 'staging' } }),
    ],
  });
  expect(await response.json()).toEqual({ received: 3, new: 3, signalled: 0, ignored: 1 });
  expect(signalled).toEqual([]);
});

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: 'Bearer another-token-of-some-length' }],
  ['no bearer', { authorization: `Basic ${token}` }],
])('the door stays shut: %s', async (_, headers) => {
  const { post, signalled } = door();
  const response = await post({ alerts: [alert('a')] }, headers);
  expect([400, 401]).toContain(response.status);
  const { code, fix } = await codeOf(response);
  expect(code).toBe('DL_UNAUTHORISED');
  expect(fix).toContain('credentials');
  expect(signalled).toEqual([]);
});

test('what is not a webhook is answered with code, message and fix', async () => {
  const { post } = door();
  for (const body of ['{', { alerts: 'many' }]) {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toMatchObject({
      code: 'DL_ALERT_PAYLOAD_INVALID',
      message: expect.stringContaining('Alertmanager'),
      fix: expect.stringContaining('payload'),
    });
  }
});

test('a supervisor that cannot be reached is a status that makes Alertmanager try again', async () => {
  const down = new DriftloopError('DL_TEMPORAL_UNREACHABLE', 'Temporal is down.', {
    fix: 'Start it.',
    status: 503,
  });
  const { post, logged } = door(() => Promise.reject(down));
  const response = await post({ alerts: [alert('a')] });
  expect(response.status).toBe(503);
  expect((await codeOf(response)).code).toBe('DL_TEMPORAL_UNREACHABLE');
  expect(logged).toEqual(['a request could not be answered']);
});

test('a bug is answered without its insides', async () => {
  const { post } = door(() => Promise.reject(new Error('password=hunter2')));
  const response = await post({ alerts: [alert('a')] });
  expect(response.status).toBe(500);
  expect(JSON.stringify(await response.json())).not.toContain('hunter2');
});
