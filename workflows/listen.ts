import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { quick } from './activities.ts';
import { refusal } from './explain-failure.ts';
import { pause, resume } from './pausing.ts';

/** What people and the supervisor say to a run while it goes on. */

export type Decision = { kind: 'approve' | 'reject'; by: string; reason: string };

/** A person's decision about a run that waits for one. */
export const decide = defineUpdate<void, [Decision & { runId: string }]>('decide');
/** A finding newer than what the run was trained on: what it still waits for is not worth waiting for. */
export const supersede = defineSignal<[{ sentence: string }]>('supersede');
/** What the run waits for a person to decide, or null. */
export const openQuestion = defineQuery<string | null>('openQuestion');

/** A `final` decision is kept with the run for good. Without `withinMs` the question stands until it is answered. */
export type AskOptions = { isFinal: boolean; withinMs?: number };

export type Listener = {
  /** The sentence of the newer finding, or null. */
  superseded(): string | null;
  isPaused(): boolean;
  /** Holds while the model is paused. */
  untilResumed(): Promise<void>;
  /** Waits for a person. Null when `withinMs` is over, or when the run is superseded. */
  askPerson(question: string, options: AskOptions): Promise<Decision | null>;
  /** Called when pause or resume was heard, to pass it on. */
  onPause: ((isPaused: boolean, by: string) => void) | null;
};

export function listen(runId: string): Listener {
  const heard = {
    sentence: null as string | null,
    isPaused: false,
    question: null as string | null,
    isFinal: false,
    decision: null as Decision | null,
    isDeciding: false,
  };
  const listener: Listener = {
    superseded: () => heard.sentence,
    isPaused: () => heard.isPaused,
    untilResumed: () => condition(() => !heard.isPaused),
    async askPerson(question, { isFinal, withinMs }) {
      Object.assign(heard, { question, isFinal, decision: null });
      const isOver = () => heard.decision !== null || heard.sentence !== null;
      if (withinMs === undefined) await condition(isOver);
      else await condition(isOver, withinMs);
      // Who decides at the last moment has decided in time.
      await condition(() => !heard.isDeciding);
      heard.question = null;
      return heard.decision;
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
    async ({ runId: meant, ...decision }) => {
      heard.isDeciding = true;
      try {
        if (heard.isFinal) await quick.recordDecision({ runId: meant, ...decision });
        heard.decision = decision;
      } finally {
        heard.isDeciding = false;
      }
    },
    {
      validator: ({ runId: meant }) => {
        if (meant === runId && heard.question !== null && heard.decision === null && !heard.isDeciding)
          return;
        throw refusal(
          'DL_RUN_NOT_WAITING',
          `Run ${meant} does not wait for a person now.`,
          `See where it is: driftloop run show ${meant}`,
        );
      },
    },
  );
  return listener;
}
