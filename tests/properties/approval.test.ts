import {
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  option,
  property,
  record,
  shuffledSubarray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { boundParts, changedParts, standingOf } from '../../domain/approval.ts';
import type { Approval, BoundTo, Decision } from '../../domain/approval.ts';
import { isSamePerson } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';

const now: BoundTo = { artifact: 'a', report: 'r', test: 't', policy: 'p' };
/** Two ways to write one person, too. */
const names = ['ada', 'Ada', 'ben', 'cleo', 'dan'] as const;
const boundTo = record({
  artifact: constantFrom('a', 'a', 'a', 'a2'),
  report: constantFrom('r', 'r', 'r', 'r2'),
  test: constantFrom('t', 't', 't', 't2'),
  policy: constantFrom('p', 'p', 'p', 'p2'),
});
const decision = record({
  kind: constantFrom<Decision['kind'][]>('approve', 'approve', 'approve', 'reject'),
  by: constantFrom(...names),
  roles: constantFrom<Role[][]>(['approver'], ['approver'], ['admin'], ['viewer'], []),
  reason: constantFrom('because'),
  at: constantFrom('2026-01-05T10:00:00.000Z'),
  boundTo,
});
const approval = record({
  about: constantFrom<Approval['about'][]>('promotion', 'training'),
  policy: record({
    quorum: integer({ min: 1, max: 3 }),
    approvers: constantFrom(['role:approver'], ['ada', 'ben'], ['ada', 'role:approver']),
    requesterMayApprove: boolean(),
    escalateTo: constantFrom(['role:admin'], ['dan']),
  }),
  requester: option(constantFrom(...names)),
  isEscalated: boolean(),
  boundTo: constantFrom(now),
  since: constantFrom({ artifact: null, report: null, test: null, policy: null }),
  outdated: constantFrom<Approval['outdated']>(null),
  decisions: array(decision, { maxLength: 8 }),
});
const holds = (d: Decision) => changedParts(d.boundTo, now).length === 0;

test('approved is by as many different people as the quorum, each of whom may, on what is there now', () => {
  assert(
    property(approval, (given) => {
      const standing = standingOf(given);
      if (standing.kind !== 'approved') return;
      const people = new Set(standing.by.map((name) => name.toLowerCase()));
      expect(people.size).toBeGreaterThanOrEqual(given.policy.quorum);
      for (const name of standing.by) {
        const theirs = given.decisions.filter((d) => d.by === name && d.kind === 'approve' && holds(d));
        expect(theirs.length).toBeGreaterThan(0);
        if (!given.policy.requesterMayApprove && given.requester !== null)
          expect(isSamePerson(name, given.requester)).toBe(false);
      }
    }),
  );
});

test('the same person saying it again, and in which order it was said, changes nothing', () => {
  assert(
    property(
      approval.chain((given) =>
        shuffledSubarray([...given.decisions, ...given.decisions], {
          minLength: 2 * given.decisions.length,
        }).map((decisions) => [given, { ...given, decisions }] as const),
      ),
      ([once, twice]) => {
        const [a, b] = [standingOf(once), standingOf(twice)];
        expect(b.kind).toBe(a.kind);
        if ('more' in a) expect('more' in b && b.more).toBe(a.more);
      },
    ),
  );
});

test('whatever part changes: no approval is left, and those who gave one are named', () => {
  assert(
    property(approval, constantFrom(...boundParts), (given, part) => {
      const before = standingOf(given);
      const after = standingOf({ ...given, boundTo: { ...now, [part]: 'new' } });
      expect(after.kind === 'approved' || after.kind === 'rejected').toBe(false);
      if (before.kind !== 'approved') return;
      expect(after.kind).toBe('void');
      if (after.kind !== 'void') return;
      expect(after.more).toBe(given.policy.quorum);
      expect(after.changed).toContain(part);
      expect(after.by.length).toBeGreaterThanOrEqual(before.by.length);
    }),
  );
});

test('once a label of the test is another: nothing holds, and those who had approved are named', () => {
  assert(
    property(approval, (given) => {
      const before = standingOf(given);
      const outdated = { tested: 412, relabelled: 1, withdrawn: 0, golden: 0 };
      const after = standingOf({ ...given, outdated });
      expect(['void', 'waiting']).toContain(after.kind);
      expect('more' in after && after.more).toBe(given.policy.quorum);
      if (before.kind === 'approved')
        expect(after).toMatchObject({ kind: 'void', changed: expect.arrayContaining(['test']) });
    }),
  );
});

test('one rejection that holds is enough, whoever has approved', () => {
  assert(
    property(approval, (given) => {
      const no: Decision = {
        kind: 'reject',
        by: 'ada',
        roles: ['admin'],
        reason: 'no',
        at: '2026-01-05T11:00:00.000Z',
        boundTo: now,
      };
      const free = { ...given, requester: null, policy: { ...given.policy, approvers: ['role:approver'] } };
      expect(standingOf({ ...free, decisions: [...free.decisions, no] }).kind).toBe('rejected');
    }),
  );
});

test('somebody without a role or a name among the approvers decides nothing', () => {
  assert(
    property(approval, (given) => {
      const nobodies = given.decisions.map((d) => ({ ...d, by: `not-${d.by}`, roles: ['viewer'] as const }));
      expect(standingOf({ ...given, decisions: nobodies })).toEqual({
        kind: 'waiting',
        more: given.policy.quorum,
      });
    }),
  );
});
