import { patched } from '@temporalio/workflow';
import {
  isOutdated,
  sayApprovers,
  sayChanged,
  sayOutdated,
  sayTold,
  standingOf,
} from '../domain/approval.ts';
import type { Approval, Asked, Question, Standing, Told } from '../domain/approval.ts';
import { announce } from './announce.ts';
import { quick } from './activities.ts';
import type { RunContext } from './retrain.ts';

/**
 * How a question ended. Nobody: in time; superseded: by a finding that makes it pointless; outdated: what the gate looked
 * at is not so any more, and it has to look again before anybody is asked.
 */
export type Outcome =
  | { kind: 'approved'; by: readonly string[] }
  | { kind: 'rejected'; by: string; reason: string }
  | { kind: 'nobody' }
  | { kind: 'superseded' }
  | { kind: 'outdated'; sentence: string };

/**
 * A question is looked at by itself after this time, then after twice that, and so on up to the longest: who has said
 * yes to what is not there any more is told so, and a question that stands for months stays a short history.
 */
const LOOK_AGAIN_MS = { first: 3_600_000, longest: 6 * 3_600_000 };

type Wish = {
  about: Question;
  text: string;
  /** When it is over by itself; null: never. */
  onTimeout: Asked['onTimeout'];
};

/** Asks until enough people have answered, time is up, or nobody has to any more. Everything that is said is told. */
export async function askPeople(run: RunContext, { about, text, onTimeout }: Wish): Promise<Outcome> {
  const { runId, listener, settings } = run;
  const { timeoutMs } = settings.approval;
  let untilMs = onTimeout === null ? null : Date.now() + timeoutMs;
  let isEscalated = false;
  // Runs that began to ask before this was there go on as they began.
  const looksAgain = patched('a-question-is-looked-at-by-itself');
  let lookAgainMs = LOOK_AGAIN_MS.first;
  /** What was told last of an approval that holds no longer. */
  let toldVoid: string | null = null;
  const waitMs = (): number | null => {
    const leftMs = untilMs === null ? null : Math.max(0, untilMs - Date.now());
    if (!looksAgain) return leftMs;
    return leftMs === null ? lookAgainMs : Math.min(leftMs, lookAgainMs);
  };
  const ask = (sentence: string) => {
    const until = untilMs === null ? null : new Date(untilMs).toISOString();
    const asked: Asked = { about, until, onTimeout: isEscalated ? 'reject' : onTimeout, isEscalated };
    return run.tell('waiting-for-approval', sentence, { asked });
  };
  const decided = async (standing: Decided): Promise<Decided> => {
    await announce(run, 'decided', `${text} ${sayDecided(standing)}`);
    return standing;
  };
  listener.open(text);
  try {
    // Open before it is told: whoever reads the question can answer it.
    await ask(`${text} Waits for a person.`);
    await announce(run, 'requested', text);
    for (;;) {
      const words = await listener.nextWords(waitMs());
      for (const { kind, by, reason } of words) {
        const decision: Told = { kind, by, reason };
        await run.tell('waiting-for-approval', sayTold(decision), { decision });
      }
      if (words.length === 0 && listener.superseded() !== null) return { kind: 'superseded' };
      // What was void holds again when what had changed is changed back; nobody says a word then.
      const approval = words.length > 0 ? newestOf(words) : await quick.readApproval({ runId });
      if (isOutdated(approval)) {
        const sentence = sayLookAgain(approval);
        await announce(run, 'void', `${text} ${sentence}`);
        return { kind: 'outdated', sentence };
      }
      const standing = standingOf(approval);
      if (isDecided(standing)) return await decided(standing);
      const voided = standing.kind === 'void' ? sayOpen(standing) : null;
      if (words.length > 0 || (looksAgain && voided !== null && voided !== toldVoid)) {
        await run.tell('waiting-for-approval', sayOpen(standing));
        if (voided !== null) await announce(run, 'void', `${text} ${voided}`);
      }
      toldVoid = voided;
      lookAgainMs = words.length > 0 ? LOOK_AGAIN_MS.first : Math.min(2 * lookAgainMs, LOOK_AGAIN_MS.longest);
      if (words.length > 0) continue;
      if (untilMs === null || Date.now() < untilMs) continue;
      const late = 'Nobody has decided in time';
      if (onTimeout === 'escalate' && !isEscalated) {
        isEscalated = true;
        untilMs = Date.now() + timeoutMs;
        const next = sayApprovers((await quick.readApproval({ runId })).policy.escalateTo);
        await ask(`${late}: ${next} may decide as well from now on.`);
        await announce(run, 'timed-out', `${text} ${late}: ${next} may decide as well from now on.`);
        continue;
      }
      if (onTimeout === 'hold') {
        untilMs = null;
        await ask(`${late}: it stays held until somebody does.`);
        await announce(run, 'timed-out', `${text} ${late}: it stays held until somebody does.`);
        continue;
      }
      await announce(run, 'timed-out', `${text} ${late}: it is rejected.`);
      return { kind: 'nobody' };
    }
  } finally {
    listener.close();
  }
}

type Decided = Extract<Standing, { kind: 'approved' | 'rejected' }>;

const isDecided = (standing: Standing): standing is Decided =>
  standing.kind === 'approved' || standing.kind === 'rejected';

/** Who was written down last may be heard first: the approval with the most decisions is the newest. */
const newestOf = (words: readonly { approval: Approval }[]): Approval =>
  words
    .map(({ approval }) => approval)
    .reduce((newest, one) => (one.decisions.length > newest.decisions.length ? one : newest));

/** What was approved may be something else by the time it is acted on. Null where it still holds. */
export async function whyVoid(
  run: RunContext,
): Promise<{ kind: 'void' | 'outdated'; sentence: string } | null> {
  const approval = await quick.readApproval({ runId: run.runId });
  if (isOutdated(approval)) {
    const sentence = sayLookAgain(approval);
    await announce(run, 'void', sentence);
    return { kind: 'outdated', sentence };
  }
  const standing = standingOf(approval);
  if (standing.kind === 'approved') return null;
  const sentence = standing.kind === 'rejected' ? sayDecided(standing) : sayOpen(standing);
  await announce(run, 'void', sentence);
  return { kind: 'void', sentence };
}

/** `3 of the 412 rows that tested have another label now. The gate looks again.` */
function sayLookAgain(approval: Approval): string {
  const standing = standingOf(approval);
  const what = approval.outdated === null ? 'the test changed' : sayOutdated(approval.outdated);
  const whose = standing.kind === 'void' ? `The approval of ${standing.by.join(' and ')} is void: ` : '';
  return `${whose}${what}. The gate looks again.`;
}

const sayDecided = (standing: Decided) =>
  standing.kind === 'approved'
    ? `Approved by ${standing.by.join(' and ')}.`
    : `Rejected by ${standing.by}: ${standing.reason}`;

function sayOpen(standing: Exclude<Standing, Decided>): string {
  const needed = `${standing.more === 1 ? 'One more approval is' : `${standing.more} more approvals are`} needed.`;
  return standing.kind === 'waiting'
    ? needed
    : `The approval of ${standing.by.join(' and ')} is void: ${sayChanged(standing.changed)}. ${needed}`;
}
