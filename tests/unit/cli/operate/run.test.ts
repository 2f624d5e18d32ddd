import { expect, test } from 'vitest';
import { sayDecided } from '../../../../cli/commands/run-views.ts';
import type { Installation } from '../../../../cli/operate/installation.ts';
import { runsOf } from '../../../../cli/operate/run.ts';
import { boundWordOf, changedSince } from '../../../../console/dossier/bound-word.ts';
import { sayTold } from '../../../../domain/approval.ts';
import type { BoundTo } from '../../../../domain/approval.ts';
import type { NewAuditEntry } from '../../../../domain/audit.ts';
import { localPerson } from '../../../../domain/doorkeeper.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { oneApproval } from '../../../fakes/one-approval.ts';

const read: BoundTo = { artifact: 'digest-2', report: 'report-1', test: 'test-1', policy: 'policy-1' };

/** A run that waits for a person, and what is said to it. */
function waiting() {
  const told: object[] = [];
  const written: NewAuditEntry[] = [];
  const approval = oneApproval({ ...read });
  const run = runsOf({
    stores: {
      runs: { get: async () => ({ id: 'r1', model: 'm' }), approval: async () => approval },
      audit: { append: async (entry: NewAuditEntry) => void written.push(entry) },
    },
    admit: async () => localPerson('ada'),
    loop: async () => ({ decide: async (_: object, answer: object) => void told.push(answer) }),
  } as unknown as Installation);
  return { run, told, written, approval };
}

test('a decision that names what was read is taken while that is still there', async () => {
  const { run, told } = waiting();
  const word = boundWordOf(read);
  const decided = await run.approve('r1', { reason: 'better', boundTo: word.toUpperCase() });
  expect(told).toMatchObject([{ kind: 'approve', by: 'ada', reason: 'better', boundTo: read }]);
  expect(decided).toEqual({ runId: 'r1', decision: 'approve', boundTo: read, boundWord: word });
});

test.each([
  [{ policy: 'policy-2' }, 'the policy changed'],
  [{ report: 'report-2', test: 'test-2' }, 'the gate report and the test set changed'],
  [{ artifact: null }, 'the artifact changed'],
])('what was read is not there any more (%o): refused, said, and in the audit log', async (change, said) => {
  const { run, told, written, approval } = waiting();
  approval.boundTo = { ...read, ...change };
  for (const kind of ['approve', 'reject'] as const)
    await expect(run[kind]('r1', { reason: 'as read', boundTo: boundWordOf(read) })).rejects.toMatchObject({
      code: 'DL_APPROVAL_VOID',
      message: `This approval is void: ${said}.`,
    });
  expect(told).toEqual([]);
  const row = { by: 'ada', via: 'local', model: 'm', subject: 'r1', because: 'as read' };
  expect(written).toEqual(
    ['approve', 'reject'].map((action) => ({ action, ...row, refused: 'DL_APPROVAL_VOID' })),
  );
});

test('a word that no dossier says is a mistake, and nothing that has changed', async () => {
  const { run, told } = waiting();
  for (const boundTo of ['', 'digest-2', `${boundWordOf(read)}-00`])
    await expect(run.approve('r1', { reason: 'better', boundTo })).rejects.toMatchObject({
      code: 'DL_OPTION_INVALID',
      fix: expect.stringContaining('driftloop run show r1 --dossier'),
    });
  expect(told).toEqual([]);
});

test('who names nothing decides on what is there, and is shown what that was', async () => {
  const { run, told } = waiting();
  const { text } = sayDecided(await run.approve('r1', { reason: 'better' }));
  expect(told).toMatchObject([{ boundTo: read }]);
  expect(text.split('\n')).toEqual([
    `r1: approved. It holds for ${boundWordOf(read)}:`,
    '  artifact  digest-2',
    '  report    report-1',
    '  test      test-1',
    '  policy    policy-1',
  ]);
});

test('a model that nobody has declared has not "never retrained"', async () => {
  const unknown = new DriftloopError('DL_UNKNOWN_MODEL', 'No model "nope" is declared.', { fix: 'Look.' });
  const run = runsOf({
    stores: {
      models: {
        get: async (name: string) => {
          if (name === 'nope') throw unknown;
        },
      },
      runs: { list: async () => [] },
    },
    admit: async () => localPerson('ada'),
  } as unknown as Installation);
  await expect(run.list({ model: 'nope' })).rejects.toBe(unknown);
  expect(await run.list({ model: 'm' })).toEqual([]);
});

test('a yes needs no reason, as in the console, and a no does', async () => {
  const { run, told } = waiting();
  await run.approve('r1');
  expect(told).toMatchObject([{ kind: 'approve', reason: '' }]);
  await expect(run.reject('r1', { reason: ' ' })).rejects.toMatchObject({ code: 'DL_REASON_NEEDED' });
  expect(told).toHaveLength(1);
  expect(sayTold({ kind: 'approve', by: 'ada', reason: '' })).toBe('ada approves.');
  expect(sayTold({ kind: 'reject', by: 'ada', reason: 'too thin' })).toBe('ada rejects: too thin');
});

test('every part counts for itself: the same digest of another part is another word', () => {
  const all = boundWordOf({ artifact: 'x', report: 'x', test: 'x', policy: 'x' }).split('-');
  expect(new Set(all).size).toBe(4);
  expect(changedSince(boundWordOf(read), read)).toEqual([]);
  expect(changedSince(boundWordOf({ ...read, test: null }), read)).toEqual(['test']);
});
