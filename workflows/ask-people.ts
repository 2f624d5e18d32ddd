import { sayApprovers, sayChanged, standingOf } from '../domain/approval.ts';
import type { Approval, Asked, Question, Standing, Told } from '../domain/approval.ts';
import { announce } from './announce.ts';
import { quick } from './activities.ts';
import type { RunContext } from './retrain.ts';

/** How a question ended. Nobody: in time; superseded: by a finding that makes it pointless. */
export type Outcome =
  | { kind: 'approved'; by: readonly string[] }
  | { kind: 'rejected'; by: string; reason: string }
  | { kind: 'nobody' }
  | { kind: 'superseded' };

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
      const words = await listener.nextWords(untilMs === null ? null : Math.max(0, untilMs - Date.now()));
      for (const { kind, by, reason } of words) {
        const decision: Told = { kind, by, reason };
        await run.tell('waiting-for-approval', `${by} ${kind}s: ${reason}`, { decision });
      }
      if (words.length > 0) {
        const standing = standingOf(newestOf(words));
        if (isDecided(standing)) return await decided(standing);
        await run.tell('waiting-for-approval', sayOpen(standing));
        if (standing.kind === 'void') await announce(run, 'void', `${text} ${sayOpen(standing)}`);
        continue;
      }
      if (listener.superseded() !== null) return { kind: 'superseded' };
      // What was void holds again when what had changed is changed back; nobody says a word then.
      const standing = standingOf(await quick.readApproval({ runId }));
      if (isDecided(standing)) return await decided(standing);
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
export async function whyVoid(run: RunContext): Promise<string | null> {
  const approval = await quick.readApproval({ runId: run.runId });
  const standing = standingOf(approval);
  if (standing.kind === 'approved') return null;
  const sentence = standing.kind === 'rejected' ? sayDecided(standing) : sayOpen(standing);
  await announce(run, 'void', sentence);
  return sentence;
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
