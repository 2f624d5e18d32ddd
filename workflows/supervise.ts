import {
  TemporalFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { WatchAnswer } from '../activities/watch-for-trigger.ts';
import { workflowIds } from '../domain/names.ts';
import { quick, watching } from './activities.ts';
import { beginRun } from './begin-run.ts';
import { supersede } from './listen.ts';
import { hearSupervisor, noState } from './supervisor-desk.ts';
import type { Desk, SupervisorState } from './supervisor-desk.ts';
import { watchUntil } from './watch-until.ts';

export type SuperviseInput = { namespace: string; model: string; state?: SupervisorState };

/** A new history begins before replaying the old one gets slow. */
const EVENTS_AT_MOST = 2_000;
/** A burst of alerts is one reason to look, not a thousand. */
const BURST_MS = 500;
/** After an answer that says the question was wrong (a model that is no longer declared). */
const REST_MS = 60_000;

/** One for each model, for ever: looks for reasons to retrain, and sees that one run at a time is on its way. */
export async function supervise({ namespace, model, state }: SuperviseInput): Promise<void> {
  const desk = hearSupervisor(namespace, model, state ?? noState);
  // One that has lost its history has not lost the kill switch.
  if (state === undefined) desk.adoptPause(await quick.readPaused({ model }));
  while (!isFull() || !desk.isQuiet()) {
    await desk.savePause();
    if (desk.asked !== null) {
      const { runId, trigger } = desk.asked;
      desk.answer(desk.state.pausedBy === null && (await beginRun({ namespace, model, runId, trigger })));
    } else {
      await watchOnce(desk, namespace, model);
    }
  }
  await continueAsNew<typeof supervise>({ namespace, model, state: desk.state });
}

const isFull = () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > EVENTS_AT_MOST;

async function watchOnce(desk: Desk, namespace: string, model: string): Promise<void> {
  const { inFlight, alerts, scheduledAt } = desk.state;
  const question = { model, inFlight: inFlight?.runId ?? null, alerts, scheduledAt };
  desk.wasWoken = false;
  try {
    const watched = await watchUntil(
      () => watching.watchForTrigger(question),
      () => desk.wasWoken,
    );
    if (watched.kind === 'woken') return await sleep(BURST_MS);
    desk.considered(alerts);
    await act(desk, watched.answer, namespace, model);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    await condition(() => desk.wasWoken, REST_MS);
  }
}

async function act(desk: Desk, answer: WatchAnswer, namespace: string, model: string): Promise<void> {
  const { state } = desk;
  switch (answer.kind) {
    case 'trigger': {
      const { runId, trigger } = answer;
      if (trigger.kind === 'schedule') desk.usedSlot(trigger.firedAt);
      if (await beginRun({ namespace, model, runId, trigger })) state.inFlight = { runId };
      return;
    }
    case 'found':
      state.inFlight = { runId: answer.runId };
      return;
    case 'run-ended':
      if (state.inFlight?.runId === answer.runId) state.inFlight = null;
      return;
    case 'superseded': {
      const run = getExternalWorkflowHandle(workflowIds.retrain(namespace, model));
      await run.signal(supersede, { sentence: answer.sentence }).catch(() => {});
      await condition(() => state.inFlight === null, REST_MS);
      return;
    }
    case 'quiet':
      if (answer.lookAgainInMs > 0 && !isFull()) await condition(() => desk.wasWoken, answer.lookAgainInMs);
      return;
    default:
      return answer satisfies never;
  }
}
