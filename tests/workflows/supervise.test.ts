import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchAnswer, WatchQuestion } from '../../activities/watch-for-trigger.ts';
import type { DriftloopError } from '../../domain/errors.ts';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import { fromFailure } from '../../infra/temporal/failures.ts';
import { pause, resume } from '../../workflows/pausing.ts';
import { supervise } from '../../workflows/supervise.ts';
import { requestRun, slotCame, supervisorState } from '../../workflows/supervisor-desk.ts';
import { regretTrigger, scriptedLoop } from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { startLoopEnvironment, until } from './loop-environment.ts';
import type { LoopEnvironment } from './loop-environment.ts';

let loops: LoopEnvironment;
beforeAll(async () => {
  loops = await startLoopEnvironment();
});
afterAll(() => loops.close());

type Supervisor = WorkflowHandle<typeof supervise>;

/** A supervisor for the time of a story. */
const supervised = (loop: Scripted, story: (handle: Supervisor, model: string) => Promise<void>) =>
  loops.tell(loop, async (model) => {
    const handle = await start(model);
    try {
      await atRest(loop);
      await story(handle, model);
    } finally {
      await handle.terminate('the story is over').catch(() => {});
      const run = loops.env.client.workflow.getHandle(workflowIds.retrain(loops.namespace, model));
      await run.terminate('the story is over').catch(() => {});
    }
  });

const start = (model: string) =>
  loops.env.client.workflow.start(supervise, {
    taskQueue: taskQueues(loops.namespace).control,
    workflowId: workflowIds.supervise(loops.namespace, model),
    args: [{ namespace: loops.namespace, model }],
  });

/**
 * Nothing has been asked for a moment: the supervisor rests between two looks. To be woken in the middle of a look
 * cancels it, and the clock of the test server then stands still until that is made up for.
 */
async function atRest(loop: Scripted): Promise<void> {
  for (let calls = -1; calls !== loop.calls.length;) {
    calls = loop.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const quiet: WatchAnswer = { kind: 'quiet', lookAgainInMs: 24 * 3_600_000 };

/** Answers each look by its script; the last answer stays. */
const watching = (...answers: ((question: WatchQuestion) => WatchAnswer)[]) => {
  let looks = 0;
  return async (question: WatchQuestion) => answers[Math.min((looks += 1), answers.length) - 1]!(question);
};
const trigger =
  (runId: string) =>
  ({ inFlight }: WatchQuestion): WatchAnswer =>
    inFlight === null ? { kind: 'trigger', runId, trigger: regretTrigger } : quiet;

/** Holds a run in its first waiting phase until `release`. */
function gate() {
  const door = { isOpen: false };
  const awaitLabels: Scripted['activities']['awaitLabels'] = async ({ untilSeq }) => ({
    labelled: untilSeq,
    isEnough: door.isOpen,
    lookAgainInMs: 3_600_000,
  });
  return { awaitLabels, release: () => (door.isOpen = true) };
}

test('a lost webhook loses nothing: the watch finds the alert itself, after a month of quiet', async () => {
  const days = Array.from({ length: 30 }, () => () => quiet);
  const loop = scriptedLoop({ watchForTrigger: watching(...days, trigger('run-1'), () => quiet) });
  await supervised(loop, async () => {
    await loops.sleep('29 days');
    expect(loop.inputsOf('beginRun')).toEqual([]);
    await loops.sleep('3 days');
    await until(() => loop.outcomes.has('run-1'));
    expect(loop.outcomes.get('run-1')).toMatchObject({ kind: 'promoted', version: 'v2' });
  });
});

test('after a rejected run it looks again at once, and does not wait for a new alert', async () => {
  const rejected = async () => ({
    verdict: { kind: 'reject' as const, by: 'patience' as const, sentence: 'Rejected.' },
    rows: 300,
    nextLookAtSeq: 0,
  });
  const loop: Scripted = scriptedLoop({
    evaluateChallenger: rejected,
    watchForTrigger: async ({ inFlight }) =>
      inFlight === null && loop.outcomes.size < 2
        ? { kind: 'trigger', runId: `run-${loop.outcomes.size + 1}`, trigger: regretTrigger }
        : quiet,
  });
  await supervised(loop, async () => {
    await until(() => loop.outcomes.has('run-2'));
    expect([...loop.outcomes.values()].map(({ kind }) => kind)).toEqual(['rejected', 'rejected']);
  });
});

test('one run at a time: a second request is refused with the run that is in flight', async () => {
  const door = gate();
  const loop = scriptedLoop({ watchForTrigger: async () => quiet, awaitLabels: door.awaitLabels });
  await supervised(loop, async (handle) => {
    const ask = (runId: string) =>
      handle.executeUpdate(requestRun, { args: [{ runId, by: 'anna', via: 'oidc', reason: 'new tariff' }] });
    expect(await ask('run-1')).toEqual({ runId: 'run-1' });
    expect(loop.inputsOf('beginRun')[0]).toMatchObject({
      trigger: { kind: 'manual', by: 'anna', via: 'oidc' },
    });

    const refused = await ask('run-2').then(
      () => null,
      (error: unknown) => fromFailure(error),
    );
    expect(refused).toMatchObject({
      code: 'DL_RUN_IN_FLIGHT',
      status: 409,
    } satisfies Partial<DriftloopError>);
    expect(refused?.message).toContain('run-1');

    await atRest(loop);
    door.release();
    await loops.sleep('2 hours');
    await until(() => loop.outcomes.has('run-1'));
    await until(async () => (await handle.query(supervisorState)).inFlight === null);
    expect(await ask('run-3')).toEqual({ runId: 'run-3' });
  });
});

test('the kill switch: no request, nothing rolled out, until somebody resumes', async () => {
  const door = gate();
  const loop = scriptedLoop({ watchForTrigger: async () => quiet, awaitLabels: door.awaitLabels });
  await supervised(loop, async (handle) => {
    await handle.executeUpdate(requestRun, { args: [{ runId: 'run-1', by: 'anna', reason: 'try' }] });
    await atRest(loop);
    await handle.signal(pause, { by: 'ben', via: 'token' });
    await until(() => loop.inputsOf('savePaused').length === 1);
    await atRest(loop);
    expect(loop.inputsOf('savePaused')[0]).toMatchObject({ by: 'ben', said: { by: 'ben', via: 'token' } });
    door.release();
    await loops.sleep('2 days');
    await until(() => loop.inputsOf('checkServability').length === 1);
    expect(loop.inputsOf('setShare')).toEqual([]);

    const again = handle.executeUpdate(requestRun, { args: [{ runId: 'run-2', by: 'anna', reason: 'try' }] });
    await expect(again.catch((error: unknown) => Promise.reject(fromFailure(error)))).rejects.toMatchObject({
      code: 'DL_MODEL_PAUSED',
    });
    await handle.signal(resume, { by: 'carla', via: 'oidc' });
    await until(() => loop.inputsOf('setShare').length === 1);
    // Who let it go on is kept as who had paused it.
    expect(loop.inputsOf('savePaused').map(({ by, said }) => [by, said])).toEqual([
      ['ben', { by: 'ben', via: 'token' }],
      [null, { by: 'carla', via: 'oidc' }],
    ]);
  });
});

test('a supervisor that has lost its history has not lost the kill switch', async () => {
  const loop = scriptedLoop({ watchForTrigger: async () => quiet, readPaused: async () => 'ben' });
  await supervised(loop, async (handle) => {
    expect(await handle.query(supervisorState)).toMatchObject({ pausedBy: 'ben' });
    const asked = handle.executeUpdate(requestRun, {
      args: [{ runId: 'run-1', by: 'anna', reason: 'try' }],
    });
    await expect(asked.catch((error: unknown) => Promise.reject(fromFailure(error)!))).rejects.toMatchObject({
      code: 'DL_MODEL_PAUSED',
    });
    expect(loop.inputsOf('savePaused')).toEqual([]);
    await handle.signal(resume, { by: 'anna' });
    await until(() => loop.inputsOf('savePaused').length === 1);
    expect(loop.inputsOf('savePaused')[0]).toEqual({
      model: expect.any(String) as string,
      by: null,
      said: { by: 'anna' },
    });
  });
});

test('a slot of the schedule is kept until it is used', async () => {
  const slot = '2026-01-05T03:00:00.000Z';
  let looks = 0;
  const loop = scriptedLoop({
    // Within the cooldown nothing begins; an hour later it does.
    watchForTrigger: async ({ inFlight, scheduledAt }) => {
      looks += 1;
      if (inFlight !== null || scheduledAt === null || looks < 4)
        return { kind: 'quiet', lookAgainInMs: 1_800_000 };
      return {
        kind: 'trigger',
        runId: 'run-1',
        trigger: { kind: 'schedule', firedAt: slot, reason: 'Monday.' },
      };
    },
  });
  await supervised(loop, async (handle) => {
    await handle.signal(slotCame, { at: slot });
    await atRest(loop);
    expect((await handle.query(supervisorState)).scheduledAt).toBe(slot);
    await loops.sleep('2 hours');
    await until(() => loop.outcomes.has('run-1'));
    expect((await handle.query(supervisorState)).scheduledAt).toBeNull();
  });
});

test('a run outlives its supervisor, and the next one finds it', async () => {
  const { awaitLabels } = gate();
  const loop = scriptedLoop({
    awaitLabels,
    watchForTrigger: watching(
      trigger('run-1'),
      () => quiet,
      () => ({ kind: 'found', runId: 'run-1' }),
      () => quiet,
    ),
  });
  await supervised(loop, async (handle, model) => {
    await until(() => loop.inputsOf('fineTune').length === 1);
    await atRest(loop);
    await handle.terminate('gone');
    const run = loops.env.client.workflow.getHandle(workflowIds.retrain(loops.namespace, model));
    expect((await run.describe()).status.name).toBe('RUNNING');

    const next = await start(model);
    await until(async () => (await next.query(supervisorState)).inFlight !== null);
    expect((await next.query(supervisorState)).inFlight).toEqual({ runId: 'run-1' });
    await next.terminate('the story is over');
  });
});

test('a held run makes way for a finding newer than its snapshot', async () => {
  const { awaitLabels } = gate();
  const watchForTrigger = async ({ inFlight }: WatchQuestion): Promise<WatchAnswer> => {
    if (inFlight === 'run-1' && loop.inputsOf('fineTune').length === 1)
      return { kind: 'superseded', runId: inFlight, sentence: 'v1 made 80 errors more than it promised.' };
    if (inFlight === null && loop.outcomes.size < 2)
      return { kind: 'trigger', runId: `run-${loop.outcomes.size + 1}`, trigger: regretTrigger };
    return { kind: 'quiet', lookAgainInMs: 1_000 };
  };
  const loop: Scripted = scriptedLoop({ watchForTrigger, awaitLabels });
  await supervised(loop, async () => {
    await loops.sleep('1 minute');
    await until(() => loop.inputsOf('fineTune').length === 2);
    expect(loop.outcomes.get('run-1')).toEqual({
      kind: 'rejected',
      version: 'v2',
      sentence: 'Superseded by a newer finding: v1 made 80 errors more than it promised.',
    });
    expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
  });
});
