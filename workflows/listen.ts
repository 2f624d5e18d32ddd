import {
  condition,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { standingOf } from '../domain/approval.ts';
import type { Approval } from '../domain/approval.ts';
import type { Speaker } from '../domain/person.ts';
import type { Answer } from '../domain/ports.ts';
import { notHeld, notWaiting } from '../domain/run-refusals.ts';
import type { Promotion } from '../domain/verdict.ts';
import { quick } from './activities.ts';
import { failureOf } from './explain-failure.ts';
import { pause, resume } from './pausing.ts';

/** What people and the supervisor say to a run while it goes on. */

/** A person's decision about a run that waits for one. */
export const decide = defineUpdate<void, [Answer & { runId: string }]>('decide');
/** A person's word against a gate that holds. */
export const force = defineUpdate<void, [Speaker & { runId: string; reason: string }]>('force');
/** A finding newer than what the run was trained on: what it still waits for is not worth waiting for. */
export const supersede = defineSignal<[{ sentence: string }]>('supersede');
/** What the run waits for a person to decide, or null. */
export const openQuestion = defineQuery<string | null>('openQuestion');

/** What one person has said, and how the question stands with it. */
export type Word = Pick<Answer, 'kind' | 'by' | 'reason'> & { approval: Approval };

export type Listener = {
  /** The sentence of the newer finding, or null. */
  superseded(): string | null;
  isPaused(): boolean;
  /** Holds while the model is paused. */
  untilResumed(): Promise<void>;
  /** From here on people may answer, until enough of them have or the question is closed. */
  open(question: string): void;
  close(): void;
  /**
   * The next words of people about the open question; none when `withinMs` is over, when a decision was refused, or when
   * the run is superseded.
   */
  nextWords(withinMs: number | null): Promise<Word[]>;
  /** From here on a person may force the gate. */
  hold(): void;
  /** Whether somebody has. */
  isForced(): boolean;
  /** From here on nobody may; what came of it, or null. */
  endHold(): Promise<Promotion | null>;
  /** Called when pause or resume was heard, to pass it on. */
  onPause: ((isPaused: boolean, by: string) => void) | null;
};

export function listen(runId: string): Listener {
  const heard = {
    sentence: null as string | null,
    isPaused: false,
    question: null as string | null,
    words: [] as Word[],
    /** Somebody's decision was refused: the question may stand otherwise than anybody here has heard. */
    isRefused: false,
    /** Decisions that are being kept at this moment. */
    deciding: 0,
    isHeld: false,
    forced: null as Promotion | null,
    isForcing: false,
  };
  const listener: Listener = {
    superseded: () => heard.sentence,
    isPaused: () => heard.isPaused,
    untilResumed: () => condition(() => !heard.isPaused),
    open: (question) => void Object.assign(heard, { question, words: [], isRefused: false }),
    close: () => void (heard.question = null),
    async nextWords(withinMs) {
      const isOver = () => heard.words.length > 0 || heard.isRefused || heard.sentence !== null;
      if (withinMs === null) await condition(isOver);
      else await condition(isOver, withinMs);
      // Who decides at the last moment has decided in time.
      await condition(() => heard.deciding === 0);
      heard.isRefused = false;
      return heard.words.splice(0);
    },
    hold: () => void (heard.isHeld = true),
    isForced: () => heard.forced !== null,
    async endHold() {
      heard.isHeld = false;
      // Who forces at the last moment has forced in time.
      await condition(() => !heard.isForcing);
      return heard.forced;
    },
    onPause: null,
  };
  setHandler(openQuestion, () => heard.question);
  setHandler(supersede, ({ sentence }) => void (heard.sentence = sentence));
  const hearPause = (isPaused: boolean) => (given: { by: string }) => {
    heard.isPaused = isPaused;
    listener.onPause?.(isPaused, given.by);
  };
  setHandler(pause, hearPause(true));
  setHandler(resume, hearPause(false));
  setHandler(
    decide,
    async (answer) => {
      heard.deciding += 1;
      try {
        const approval = await quick.recordDecision({ ...answer, decisionId: updateId(runId) });
        const { kind, by, reason } = answer;
        heard.words.push({ kind, by, reason, approval });
        const standing = standingOf(approval).kind;
        if (standing === 'approved' || standing === 'rejected') listener.close();
      } catch (error) {
        heard.isRefused = true;
        throw error;
      } finally {
        heard.deciding -= 1;
      }
    },
    {
      validator: ({ runId: meant }) => {
        if (meant !== runId || heard.question === null) throw failureOf(notWaiting(meant));
      },
    },
  );
  setHandler(
    force,
    async (wish) => {
      heard.isForcing = true;
      try {
        heard.forced = await quick.recordForced(wish);
      } finally {
        heard.isForcing = false;
      }
    },
    {
      validator: ({ runId: meant }) => {
        if (meant !== runId || !heard.isHeld || heard.forced !== null || heard.isForcing)
          throw failureOf(notHeld(meant));
      },
    },
  );
  return listener;
}

/** The same at every try of an activity, and no other's. */
const updateId = (runId: string): string => `${runId}/${currentUpdateInfo()?.id ?? 'decide'}`;
