import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setHandler,
} from '@temporalio/workflow';
import { workflowIds } from '../domain/names.ts';
import type { Speaker } from '../domain/person.ts';
import type { AlertRow } from '../domain/ports.ts';
import type { RunOutcome, Trigger } from '../domain/run.ts';
import { quick } from './activities.ts';
import { refusal } from './explain-failure.ts';
import { pause, resume } from './pausing.ts';
import { runFinished } from './run-finished.ts';

/** What is said to a supervisor, and what it carries from one history to the next. */

export const alertFired = defineSignal<[AlertRow]>('alertFired');
/** A slot of the model's schedule has come; `at` is the slot, not the moment. */
export const slotCame = defineSignal<[{ at: string }]>('slotCame');
/** Asks for a run now. Refused while one is in flight (DL_RUN_IN_FLIGHT) or the model is paused (DL_MODEL_PAUSED). */
export const requestRun = defineUpdate<
  { runId: string },
  [Speaker & { runId: string; reason: string; version?: string }]
>('requestRun');
export const supervisorState = defineQuery<SupervisorState>('supervisorState');

export type SupervisorState = {
  inFlight: { runId: string } | null;
  pausedBy: string | null;
  /** Signalled and not yet looked at. */
  alerts: AlertRow[];
  scheduledAt: string | null;
  last: { runId: string; outcome: RunOutcome } | null;
};
export const noState: SupervisorState = {
  inFlight: null,
  pausedBy: null,
  alerts: [],
  scheduledAt: null,
  last: null,
};

/** More alerts than this at once say nothing new. */
const ALERTS_AT_MOST = 50;

type Asked = { runId: string; trigger: Trigger; hasBegun: boolean | null };
export type Desk = ReturnType<typeof hearSupervisor>;

export function hearSupervisor(namespace: string, model: string, given: SupervisorState) {
  const state: SupervisorState = { ...given, alerts: [...given.alerts] };
  let savedPausedBy = given.pausedBy;
  const desk = {
    state,
    /** A person's request, until it is answered. */
    asked: null as Asked | null,
    /** Something was said that is worth looking up from the watch for. */
    wasWoken: false,
    isQuiet: () => desk.asked === null && savedPausedBy === state.pausedBy && allHandlersFinished(),
    considered(alerts: readonly AlertRow[]) {
      state.alerts = state.alerts.filter((alert) => !alerts.includes(alert));
    },
    answer(hasBegun: boolean) {
      const { asked } = desk;
      if (asked === null) return;
      asked.hasBegun = hasBegun;
      desk.asked = null;
      if (hasBegun) state.inFlight = { runId: asked.runId };
    },
    /** A slot is kept until it is used, or a later one takes its place. */
    usedSlot(at: string) {
      if (state.scheduledAt === at) state.scheduledAt = null;
    },
    /** What the store says of the kill switch; what was said here meanwhile is newer. */
    adoptPause(by: string | null) {
      savedPausedBy = by;
      if (!desk.hasHeardPause) state.pausedBy = by;
    },
    hasHeardPause: false,
    /** Writes the kill switch to the store and passes it on to the run, when it has changed. */
    async savePause() {
      if (savedPausedBy === state.pausedBy) return;
      const by = state.pausedBy;
      await quick.savePaused({ model, by, ...(lastSpeaker === null ? {} : { said: lastSpeaker }) });
      const savedBefore = savedPausedBy;
      savedPausedBy = by;
      // To a run that has only begun since it was heard.
      await tellRun(by ?? savedBefore ?? 'somebody');
    },
  };
  let told = '';
  /** Who has spoken of the kill switch last: a resume leaves nothing else of whoever said it. */
  let lastSpeaker: Speaker | null = null;
  /** Passes the kill switch on to the run, once for each change of it. */
  const tellRun = async (by: string) => {
    if (state.inFlight === null) return;
    const isPaused = state.pausedBy !== null;
    const news = `${state.inFlight.runId} ${isPaused}`;
    if (news === told) return;
    told = news;
    const run = getExternalWorkflowHandle(workflowIds.retrain(namespace, model));
    await run.signal(isPaused ? pause : resume, { by }).catch(() => {});
  };
  const wake = () => void (desk.wasWoken = true);

  setHandler(supervisorState, () => state);
  setHandler(alertFired, (alert) => {
    const isKnown = state.alerts.some(
      ({ fingerprint, startsAt }) => fingerprint === alert.fingerprint && startsAt === alert.startsAt,
    );
    if (isKnown) return;
    state.alerts = [...state.alerts, alert].slice(-ALERTS_AT_MOST);
    // While a run is on its way the watch asks Prometheus anyway.
    if (state.inFlight === null) wake();
  });
  setHandler(slotCame, ({ at }) => {
    state.scheduledAt = at;
    // While a run is on its way the slot waits: the watch knows of both.
    if (state.inFlight === null) wake();
  });
  setHandler(runFinished, ({ runId, outcome }) => {
    state.last = { runId, outcome };
    if (state.inFlight?.runId === runId) state.inFlight = null;
    wake();
  });
  const hearPause = (pausedBy: string | null, speaker: Speaker) => {
    state.pausedBy = pausedBy;
    lastSpeaker = speaker;
    desk.hasHeardPause = true;
    // A training must not go on until the store has heard of it.
    void tellRun(speaker.by);
    wake();
  };
  setHandler(pause, (speaker) => hearPause(speaker.by, speaker));
  setHandler(resume, (speaker) => hearPause(null, speaker));
  setHandler(
    requestRun,
    async ({ runId, ...request }) => {
      const asked: Asked = { runId, trigger: manual(request), hasBegun: null };
      desk.asked = asked;
      wake();
      await condition(() => asked.hasBegun !== null);
      if (asked.hasBegun) return { runId };
      throw state.pausedBy === null ? inFlight(model, 'another run') : paused(model, state.pausedBy);
    },
    {
      validator: (_request) => {
        if (state.pausedBy !== null) throw paused(model, state.pausedBy);
        const busy = state.inFlight?.runId ?? desk.asked?.runId;
        if (busy !== undefined) throw inFlight(model, busy);
      },
    },
  );
  return desk;
}

const manual = ({ by, via, reason, version }: Speaker & { reason: string; version?: string }): Trigger => ({
  kind: 'manual',
  firedAt: new Date().toISOString(),
  reason: `${by} asked for it: ${reason}`,
  by,
  ...(via === undefined ? {} : { via }),
  ...(version === undefined ? {} : { version }),
});

const inFlight = (model: string, runId: string) =>
  refusal(
    'DL_RUN_IN_FLIGHT',
    `${model} is being retrained already (${runId}).`,
    `Wait until it has ended, or see where it is: driftloop run list ${model}`,
  );

const paused = (model: string, by: string) =>
  refusal(
    'DL_MODEL_PAUSED',
    `${model} was paused by ${by}.`,
    `Let it go on: driftloop model resume ${model}`,
  );
