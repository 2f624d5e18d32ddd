import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { standingOf } from '../../../domain/approval.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Answer, RunStore } from '../../../domain/ports.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { Role } from '../../../domain/person.ts';
import type { Stores } from '../../../infra/postgres/open-stores.ts';
import { openTestDatabase, startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());

type Rules = { quorum?: number; requesterMayApprove?: boolean; approvers?: string[] };
const declare = (approval: Rules) =>
  parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' } },
        approval: { required: true, ...approval },
      },
    ],
  });

/** A run of `opal` that waits for a decision on v2, judged once. */
async function waitingRun(approval: Rules = {}) {
  const { stores, close } = await openTestDatabase(postgres.databaseUrl);
  onTestFinished(close);
  const { models, versions, runs } = stores;
  const { digest } = await models.apply(declare(approval));
  const artifact = { model: 'm', parent: null, snapshotId: null, trainSeconds: null, accuracyOnTest: null };
  await versions.register({ ...artifact, digest: 'digest-1', runId: null });
  const trigger = {
    kind: 'manual',
    firedAt: '2026-03-02T00:00:00.000Z',
    reason: 'asked',
    by: 'opal',
    via: 'token',
  } as const;
  await runs.begin({ id: 'r', model: 'm', trigger, configDigest: digest, labelledAtStart: 0 });
  await versions.register({ ...artifact, digest: 'digest-2', runId: 'r' });
  await runs.update('r', { version: 'v2', phase: 'waiting-for-approval' });
  await look(runs, 1);
  return stores;
}

const look = (
  runs: RunStore,
  n: number,
  verdict: Verdict = { kind: 'promote', by: 'evidence', sentence: 'Better.' },
) =>
  runs.saveEvaluation('r', {
    look: n,
    rows: 100 * n,
    challenger: 'v2',
    champion: 'v1',
    testDigest: `test-${n}`,
    report: { n },
    verdict,
  });

let decisions = 0;
const answer = (by: string, given: Partial<Answer> = {}) => ({
  kind: 'approve' as const,
  by,
  roles: ['approver'] as Role[],
  reason: 'looks right',
  decisionId: `d${(decisions += 1)}`,
  ...given,
});

test('each person says it once, the quorum decides, and after that nobody does', async () => {
  const { runs } = await waitingRun({ quorum: 2 });
  const first = answer('ada');
  expect(standingOf(await runs.decide('r', first))).toEqual({ kind: 'waiting', more: 1 });
  // The same request again, as a retried activity sends it.
  expect((await runs.decide('r', first)).decisions).toHaveLength(1);
  await expect(runs.decide('r', answer('Ada'))).rejects.toMatchObject({ code: 'DL_ALREADY_DECIDED' });
  expect(standingOf(await runs.decide('r', answer('ben')))).toEqual({ kind: 'approved', by: ['ada', 'ben'] });
  const late = runs.decide('r', answer('cleo', { kind: 'reject' }));
  await expect(late).rejects.toMatchObject({ code: 'DL_ALREADY_DECIDED', status: 409 });
  expect(standingOf(await runs.approval('r')).kind).toBe('approved');
});

test('two people at once are two decisions, the same person twice is one', async () => {
  const { runs } = await waitingRun({ quorum: 3 });
  const all = await Promise.allSettled(['ada', 'ben', 'ada'].map((name) => runs.decide('r', answer(name))));
  expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(standingOf(await runs.approval('r'))).toEqual({ kind: 'waiting', more: 1 });
});

test.each([
  ['the gate report and the test set', ({ runs }: Stores): Promise<unknown> => look(runs, 2)],
  ['the policy', ({ models }: Stores): Promise<unknown> => models.apply(declare({ quorum: 1 }))],
] as const)(
  'an approval is void once %s changed, and one sent after that is refused',
  async (what, change) => {
    const stores = await waitingRun({ quorum: 2 });
    const { runs } = stores;
    const { boundTo } = await runs.approval('r');
    await runs.decide('r', answer('ada', { boundTo }));
    await change(stores);

    const standing = standingOf(await runs.approval('r'));
    expect(standing).toMatchObject({ kind: 'void', by: ['ada'] });
    const late = runs.decide('r', answer('ben', { boundTo }));
    await expect(late).rejects.toMatchObject({
      code: 'DL_APPROVAL_VOID',
      status: 409,
      message: expect.stringContaining(`This approval is void: ${what} changed at `),
    });
    const { boundTo: now } = await runs.approval('r');
    await runs.decide('r', answer('ada', { boundTo: now }));
    expect(standingOf(await runs.approval('r')).kind).not.toBe('void');
  },
);

test('who may not decide is refused by name, and leaves no decision', async () => {
  const { runs } = await waitingRun({ requesterMayApprove: false, approvers: ['role:approver', 'vera'] });
  await expect(runs.decide('r', answer('Opal'))).rejects.toMatchObject({ code: 'DL_REQUESTER_DECIDES' });
  const viewer = answer('walt', { roles: ['viewer'] });
  await expect(runs.decide('r', viewer)).rejects.toMatchObject({ code: 'DL_NOT_AN_APPROVER', status: 403 });
  expect((await runs.approval('r')).decisions).toEqual([]);
  await runs.decide('r', answer('vera', { roles: ['viewer'] }));
  expect(standingOf(await runs.approval('r')).kind).toBe('approved');
});

test('a gate that holds can be forced once: the run, the version and the audit log say so for ever', async () => {
  const { runs, versions, audit } = await waitingRun();
  const wish = { by: 'root', via: 'local', reason: 'the champion is down' } as const;
  await expect(runs.force('r', wish)).rejects.toMatchObject({ code: 'DL_RUN_NOT_HELD', status: 409 });
  await look(runs, 2, { kind: 'hold', labelsNeeded: 90, sentence: 'Held: 90 more labels would settle it.' });
  const forced = await runs.force('r', wish);
  expect(forced).toMatchObject({ kind: 'promote', by: 'forced' });
  // The first one stands, and what the gate said stands beside it.
  expect(await runs.force('r', { by: 'ada', reason: 'me too' })).toEqual(forced);
  expect((await runs.get('r')).verdict).toEqual(forced);
  expect((await runs.evaluations('r')).map(({ verdict }) => verdict.kind)).toEqual(['promote', 'hold']);
  const { forced: mark } = await versions.get('m', 'v2');
  expect(mark).toEqual({ by: 'root', because: 'the champion is down', runId: 'r' });
  const rows = (await audit.list({ limit: 50 })).filter(({ action }) => action === 'force');
  expect(rows).toMatchObject([
    { by: 'root', via: 'local', model: 'm', subject: 'r', because: 'the champion is down' },
  ]);
});

test('every decision stands in the audit log with what it holds for, and every refused one with its code', async () => {
  const { runs, audit } = await waitingRun({ requesterMayApprove: false });
  await runs.decide('r', answer('opal', { via: 'oidc' })).catch(() => {});
  await runs.decide('r', answer('ada', { via: 'token' }));
  const rows = (await audit.list({ limit: 50 })).filter(({ subject }) => subject === 'r');
  expect(rows.map(({ action, by, via, refused }) => [action, by, via, refused])).toEqual([
    ['start', 'opal', 'token', null],
    ['approve', 'opal', 'oidc', 'DL_REQUESTER_DECIDES'],
    ['approve', 'ada', 'token', null],
  ]);
  expect(rows.at(-1)?.details).toMatchObject({ artifact: 'digest-2', test: 'test-1' });
});

test('whom it was escalated to may decide as well', async () => {
  const { runs } = await waitingRun({ approvers: ['ben'] });
  const adas = answer('ada', { roles: ['admin'] });
  await runs.note('r', {
    key: 'asked-1',
    phase: 'waiting-for-approval',
    sentence: 'Asked.',
    data: { asked: { isEscalated: false } },
  });
  await expect(runs.decide('r', adas)).rejects.toMatchObject({ code: 'DL_NOT_AN_APPROVER' });
  await runs.note('r', {
    key: 'asked-2',
    phase: 'waiting-for-approval',
    sentence: 'Nobody did.',
    data: { asked: { isEscalated: true } },
  });
  expect(standingOf(await runs.decide('r', adas)).kind).toBe('approved');
});
