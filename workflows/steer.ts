import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { noRollout, rolloutFrozen } from '../domain/rollout-refusals.ts';
import { isOnTrial } from '../domain/rollout.ts';
import type { Circumstances, RolloutEvent, RolloutStanding, Steering } from '../domain/rollout.ts';
import { quick } from './activities.ts';
import { failureOf } from './explain-failure.ts';
import { pause, resume } from './pausing.ts';

/** What a person says to a rollout. It is acted on at once, whatever the rollout is waiting for. */
export const steer = defineUpdate<void, [Steering]>('steer');
/** Where it is. */
export const standing = defineQuery<RolloutStanding>('standing');

export type Desk = {
  /** What has been said and was not acted on yet, the oldest first. */
  next(): RolloutEvent | null;
  /** An abort that was not acted on yet: it goes before everything. */
  abort(): RolloutEvent | null;
  /** Whether there is anything to act on: a word, or a model that is not paused any more. */
  hasNews(): boolean;
  /** Why the kill switch holds it, or null. */
  paused(): string | null;
  /** From here on nobody is listened to any more. */
  close(): void;
};

/** Listens to people and to the kill switch of the model. */
export function openDesk(
  { model, runId }: { model: string; runId: string },
  known: { standing: () => RolloutStanding; circumstances: () => Circumstances; paused: string | null },
): Desk {
  const heard = {
    words: [] as RolloutEvent[],
    paused: known.paused,
    isOpen: true,
    isResumed: false,
  };
  const now = (): Circumstances => {
    const { ready, frozen } = known.circumstances();
    return { ready, frozen: heard.paused ?? frozen };
  };
  setHandler(pause, ({ by }) => void Object.assign(heard, { paused: `${by} has paused ${model}.` }));
  setHandler(resume, () => {
    // Said to what is not paused it is no news, however often.
    if (heard.paused !== null) Object.assign(heard, { paused: null, isResumed: true });
  });
  setHandler(standing, known.standing);
  setHandler(
    steer,
    async (said) => {
      heard.words.push(eventOf(said, now()));
      await quick.recordSteering({ ...said, model });
    },
    {
      validator: ({ runId: meant, kind }) => {
        const isOver = !heard.isOpen || !isOnTrial(known.standing().rollout);
        if (meant !== runId || isOver) throw failureOf(noRollout(model));
        const { frozen } = now();
        if (kind === 'skip' && frozen !== null) throw failureOf(rolloutFrozen(model, frozen));
      },
    },
  );
  const abort = () => heard.words.find(({ kind }) => kind === 'abort') ?? null;
  return {
    next() {
      heard.isResumed = false;
      return abort() ?? heard.words.shift() ?? null;
    },
    abort,
    hasNews: () => heard.words.length > 0 || heard.isResumed,
    paused: () => heard.paused,
    close: () => void (heard.isOpen = false),
  };
}

function eventOf(said: Steering, now: Circumstances): RolloutEvent {
  const { by } = said;
  switch (said.kind) {
    case 'pause':
      return { kind: 'pause', by, reason: said.reason };
    case 'resume':
      return { kind: 'resume', by };
    case 'skip':
      return { kind: 'skip', by, reason: said.reason, ...now };
    case 'abort':
      return { kind: 'abort', by, reason: said.reason };
    default:
      return said satisfies never;
  }
}
