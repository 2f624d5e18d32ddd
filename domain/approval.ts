/**
 * What several people's decisions about one question come to. A decision holds for exactly what was seen: the artifact,
 * the gate report, the test set and the policy, by their digests; when any of them changes it is void, and the person
 * is asked again. The test set is not what it was, either, once a label of it is another: then nothing that was said
 * about it holds, nothing new is heard, and the gate looks again.
 *
 *     one rejection that holds          rejected
 *     `quorum` approvals that hold      approved     each by another person who may
 *     too few, and some are void        void         asked again
 *     too few                           waiting      for `more`
 */

import { count } from './count.ts';
import { everyModel, isSamePerson } from './person.ts';
import type { Person, Role } from './person.ts';

/** What a decision is about: whether to train at all (mode `suggest`), or whether to let a version answer. */
export type Question = 'training' | 'promotion';

/** Digests of what a decision holds for. Before there is a challenger only the policy is there. */
export type BoundTo = Readonly<{
  artifact: string | null;
  report: string | null;
  test: string | null;
  policy: string;
}>;
export const boundParts = ['artifact', 'report', 'test', 'policy'] as const satisfies (keyof BoundTo)[];
export type BoundPart = (typeof boundParts)[number];
const partWords: Readonly<Record<BoundPart, string>> = {
  artifact: 'the artifact',
  report: 'the gate report',
  test: 'the test set',
  policy: 'the policy',
};

/** Somebody who decides, with the roles that they have for the model. */
export type Voter = Readonly<{ name: string; roles: readonly Role[] }>;

export const voterOf = ({ name, grants }: Person, model: string): Voter => ({
  name,
  roles: [
    ...new Set(grants.filter((grant) => [everyModel, model].includes(grant.model)).map(({ role }) => role)),
  ],
});

export type Decision = Readonly<{
  kind: 'approve' | 'reject';
  by: string;
  /** That they had when they decided. */
  roles: readonly Role[];
  reason: string;
  /** RFC 3339. */
  at: string;
  boundTo: BoundTo;
}>;

/** Who decides, and how many of them it takes. */
export type ApprovalPolicy = Readonly<{
  quorum: number;
  /** Names, or `role:NAME`. */
  approvers: readonly string[];
  requesterMayApprove: boolean;
  /** Who may decide as well once nobody has in time. */
  escalateTo: readonly string[];
}>;

/** What the story of a run keeps with its question. */
export type Asked = Readonly<{
  about: Question;
  /** When it is over by itself, RFC 3339; null: never. */
  until: string | null;
  onTimeout: 'reject' | 'hold' | 'escalate' | null;
  isEscalated: boolean;
}>;

/** The newest question that a story tells of; null before the first. */
export function askedIn(
  story: readonly { data?: Readonly<Record<string, unknown>>; at: string }[],
): (Asked & { at: string }) | null {
  const event = story.findLast(({ data }) => data?.['asked'] !== undefined);
  return event === undefined ? null : { ...(event.data!['asked'] as Asked), at: event.at };
}

/** What one person has said, as the story keeps it. */
export type Told = Pick<Decision, 'kind' | 'by' | 'reason'>;

/** `ada approves: better everywhere`; a yes may come without a word on it. */
export const sayTold = ({ kind, by, reason }: Told): string =>
  `${by} ${kind}s${reason === '' ? '.' : `: ${reason}`}`;

/** The newest decision that a story tells of; null before the first. */
export function decisionIn(
  story: readonly { data?: Readonly<Record<string, unknown>>; at: string }[],
): (Told & { at: string }) | null {
  const event = story.findLast(({ data }) => data?.['decision'] !== undefined);
  return event === undefined ? null : { ...(event.data!['decision'] as Told), at: event.at };
}

/** What of the rows that the gate looked at is not so any more. */
export type Outdated = Readonly<{
  /** Rows that tested, in all. */
  tested: number;
  /** Of those: with another label now. */
  relabelled: number;
  /** Of those: whose label was taken back. */
  withdrawn: number;
  /** Golden rows that were added, changed or retired. */
  golden: number;
}>;

/** Everything that the rule looks at. */
export type Approval = Readonly<{
  about: Question;
  policy: ApprovalPolicy;
  /** Who started the run by hand; null where a monitor or the clock did. */
  requester: string | null;
  isEscalated: boolean;
  boundTo: BoundTo;
  /** When each part became what it is, RFC 3339; null where it is not there. */
  since: Readonly<Record<BoundPart, string | null>>;
  /** Null where what the gate looked at still is so, or nothing is asked. */
  outdated: Outdated | null;
  /** All there are about this question, oldest first; those that hold no longer too. */
  decisions: readonly Decision[];
}>;

export type Standing =
  | { kind: 'approved'; by: readonly string[] }
  | { kind: 'rejected'; by: string; reason: string }
  | { kind: 'void'; by: readonly string[]; changed: readonly BoundPart[]; more: number }
  | { kind: 'waiting'; more: number };

/** Whether the gate has to look again before anybody can decide. A run that began before this was asked knows of none. */
export const isOutdated = ({ outdated }: Partial<Pick<Approval, 'outdated'>>): boolean => outdated != null;

/** Whether what somebody said then is about what is there now. */
export const isHolding = (
  { boundTo }: Pick<Decision, 'boundTo'>,
  now: Pick<Approval, 'boundTo' | 'outdated'>,
): boolean => !isOutdated(now) && changedParts(boundTo, now.boundTo).length === 0;

/** What has changed since. */
export const changedParts = (then: BoundTo, now: BoundTo): BoundPart[] =>
  boundParts.filter((part) => then[part] !== now[part]);

/** Why somebody may not decide; null where they may. */
export function whyNot(
  { name, roles }: Voter,
  { policy, requester, isEscalated }: Pick<Approval, 'policy' | 'requester' | 'isEscalated'>,
): 'requester' | 'not-an-approver' | null {
  if (requester !== null && isSamePerson(name, requester) && !policy.requesterMayApprove) return 'requester';
  const asked = isEscalated ? [...policy.approvers, ...policy.escalateTo] : policy.approvers;
  const isAsked = asked.some((who) => {
    const role = roleOf(who);
    return role === null ? isSamePerson(who, name) : roles.some((held) => held === role || held === 'admin');
  });
  return isAsked ? null : 'not-an-approver';
}

/** The role behind `role:NAME`; null for the name of a person. */
export const roleOf = (approver: string): string | null =>
  approver.startsWith('role:') ? approver.slice('role:'.length) : null;

/** How the question stands. Total, and the order of the decisions does not matter but for who is named. */
export function standingOf(approval: Approval): Standing {
  const { policy, boundTo, decisions } = approval;
  const counted = decisions.filter(({ by, roles }) => whyNot({ name: by, roles }, approval) === null);
  const holding = counted.filter((decision) => isHolding(decision, approval));
  const rejection = holding.find(({ kind }) => kind === 'reject');
  if (rejection !== undefined) return { kind: 'rejected', by: rejection.by, reason: rejection.reason };
  const approvers = namesOf(holding);
  if (approvers.length >= policy.quorum) return { kind: 'approved', by: approvers };
  const more = policy.quorum - approvers.length;
  // Who has decided again since is not asked again.
  const lost = counted.filter(({ kind, by }) => kind === 'approve' && !isAmong(by, approvers));
  if (lost.length === 0) return { kind: 'waiting', more };
  const changed = boundParts.filter(
    (part) =>
      (part === 'test' && isOutdated(approval)) || lost.some((then) => then.boundTo[part] !== boundTo[part]),
  );
  return { kind: 'void', by: namesOf(lost), changed, more };
}

const isAmong = (name: string, names: readonly string[]): boolean =>
  names.some((other) => isSamePerson(other, name));

/** Each person once. */
const namesOf = (decisions: readonly Decision[]): string[] =>
  decisions.reduce<string[]>((names, { by }) => (isAmong(by, names) ? names : [...names, by]), []);

/** `the gate report and the test set changed`. */
export function sayChanged(parts: readonly BoundPart[]): string {
  const words = parts.map((part) => partWords[part]);
  const listed = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
  return `${listed} changed`;
}

/** `3 of the 412 rows that tested have another label now`. */
export function sayOutdated({ tested, relabelled, withdrawn, golden }: Outdated): string {
  const rows = (n: number) => `${count(n)} of the ${count(tested)} rows that tested`;
  const have = (n: number) => (n === 1 ? 'has' : 'have');
  const parts = [
    relabelled === 0 ? null : `${rows(relabelled)} ${have(relabelled)} another label now`,
    withdrawn === 0 ? null : `${rows(withdrawn)} ${have(withdrawn)} no label any more`,
    golden === 0
      ? null
      : `${count(golden)} golden ${golden === 1 ? 'row was' : 'rows were'} added, changed or retired since`,
  ].filter((part) => part !== null);
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `everyone with the role approver`, `ada`. */
export const sayApprovers = (approvers: readonly string[]): string =>
  approvers.map((who) => (roleOf(who) === null ? who : `everyone with the role ${roleOf(who)}`)).join(' or ');
