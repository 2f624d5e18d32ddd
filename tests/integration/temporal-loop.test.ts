import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchAnswer, WatchQuestion } from '../../activities/watch-for-trigger.ts';
import type { DriftloopError } from '../../domain/errors.ts';
import { workflowIds } from '../../domain/names.ts';
import type { Judgement } from '../../domain/rollout.ts';
import { createRunProbe } from '../../infra/temporal/run-probe.ts';
import { createDrillAligner, createScheduleAligner } from '../../infra/temporal/schedules.ts';
import { openQuestion } from '../../workflows/listen.ts';
import { resume } from '../../workflows/pausing.ts';
import { standing } from '../../workflows/steer.ts';
import { supervisorState } from '../../workflows/supervisor-desk.ts';
import { alertRow, regretTrigger, rolloutOf, scriptedLoop, seen, settings } from '../fakes/scripted-loop.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import { until } from '../workflows/loop-environment.ts';

/** Supervisor, runs and the Loop port on a real Temporal server; only what activities do is scripted. */

const quiet: WatchAnswer = { kind: 'quiet', lookAgainInMs: 3_600_000 };
let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(() => temporal?.stop());

const says = (kind: 'approve' | 'reject', by: string, reason: string) => ({
  kind,
  by,
  roles: ['approver' as const],
  reason,
});

const refusalOf = (asked: Promise<unknown>): Promise<DriftloopError | null> =>
  asked.then(
    () => null,
    (error: unknown) => error as DriftloopError,
  );

test('a thousand alerts are one run, and start the supervisor that was missing', async () => {
  const watchForTrigger = async ({ inFlight, alerts }: WatchQuestion): Promise<WatchAnswer> =>
    inFlight === null && alerts.length > 0
      ? { kind: 'trigger', runId: `run-${alerts[0]!.fingerprint}`, trigger: regretTrigger }
      : quiet;
  const held = async ({ untilSeq }: { untilSeq: number }) => ({
    labelled: untilSeq,
    isEnough: false,
    lookAgainInMs: 3_600_000,
  });
  const scripted = scriptedLoop({ watchForTrigger, awaitLabels: held });
  await temporal.tell(scripted, async ({ loop }) => {
    for (let n = 0; n < 1_000; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => loop.alertFired(alertRow(n + i))));
    }
    await until(() => scripted.inputsOf('fineTune').length === 1, 60_000);
    expect(new Set(scripted.inputsOf('beginRun').map(({ runId }) => runId)).size).toBe(1);
    // Neither did a thousand webhooks ask a thousand times.
    expect(scripted.inputsOf('watchForTrigger').length).toBeLessThan(60);
  });
});

test('a request is answered with a run that can be looked up; the next one is refused with code and fix', async () => {
  const scripted = scriptedLoop({
    watchForTrigger: async () => quiet,
    beginRun: async () =>
      settings({
        approval: { required: true, timeoutMs: 3_600_000, onTimeout: 'hold', notifies: false },
        rollout: rolloutOf(100),
      }),
  });
  await temporal.tell(scripted, async ({ loop, client, namespace }) => {
    const { runId } = await loop.requestRun('meter', { by: 'anna', reason: 'new tariff' });
    expect(runId).toMatch(/^run-[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(scripted.inputsOf('beginRun')).toContainEqual(
      expect.objectContaining({ runId, trigger: expect.objectContaining({ kind: 'manual', by: 'anna' }) }),
    );
    const refused = await refusalOf(loop.requestRun('meter', { by: 'ben', reason: 'me too' }));
    expect(refused).toMatchObject({ code: 'DL_RUN_IN_FLIGHT', status: 409, retryable: false });
    expect(refused?.fix).toContain('driftloop run list');

    const run = client.workflow.getHandle(workflowIds.retrain(namespace, 'meter'));
    await until(async () => (await run.query(openQuestion)) !== null, 30_000);
    expect(await createRunProbe(client, namespace)('meter', runId)).toBe(true);
    expect(await createRunProbe(client, namespace)('meter', 'run-of-yesterday')).toBe(false);

    const unknown = await refusalOf(
      loop.decide({ id: 'run-of-yesterday', model: 'meter' }, says('approve', 'anna', 'x')),
    );
    expect(unknown?.code).toBe('DL_RUN_NOT_WAITING');
    await loop.decide({ id: runId, model: 'meter' }, says('approve', 'anna', 'looks right'));
    await until(() => scripted.outcomes.has(runId), 30_000);
    expect(scripted.outcomes.get(runId)?.kind).toBe('promoted');
    await until(async () => !(await createRunProbe(client, namespace)('meter', runId)), 10_000);
    const late = loop.decide({ id: runId, model: 'meter' }, says('reject', 'ben', 'no'));
    expect((await refusalOf(late))?.code).toBe('DL_RUN_NOT_WAITING');
  });
});

test('a run outlives the workers: new ones go on where the old ones stopped', async () => {
  let looks = 0;
  const scripted = scriptedLoop({
    watchForTrigger: async ({ inFlight }) =>
      (looks += 1) === 1 && inFlight === null
        ? { kind: 'trigger', runId: 'run-1', trigger: regretTrigger }
        : quiet,
    awaitLabels: async ({ untilSeq }) => ({ labelled: untilSeq, isEnough: true, lookAgainInMs: 0 }),
    judgeStep: async () => seen({ kind: 'successful', sentence: 'All well.' }),
    beginRun: async () => settings({ rollout: rolloutOf(4_000) }),
  });
  await temporal.tell(scripted, async ({ loop, workers, startWorkers }) => {
    await loop.ensureSupervisor('meter');
    await until(() => scripted.inputsOf('setShare').length === 1, 30_000);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await startWorkers();
    await until(() => scripted.outcomes.has('run-1'), 60_000);
    expect(scripted.outcomes.get('run-1')?.kind).toBe('promoted');
    expect(scripted.inputsOf('fineTune')).toHaveLength(1);
  });
});

test('what was said while no worker was there holds when one comes: the kill switch, and what a person is asked', async () => {
  const scripted = scriptedLoop({
    watchForTrigger: async () => quiet,
    beginRun: async () => settings({ mode: 'suggest' }),
  });
  await temporal.tell(scripted, async ({ loop, client, namespace, workers, startWorkers }) => {
    const { runId } = await loop.requestRun('meter', { by: 'anna', reason: 'try' });
    const run = client.workflow.getHandle(workflowIds.retrain(namespace, 'meter'));
    const isAsked = () => run.query(openQuestion).then(Boolean, () => false);
    await until(isAsked, 30_000);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await loop.pause('meter', 'ben');
    await startWorkers();
    // A suggestion stands until somebody answers it, and what is paused goes no further than to the answer.
    await until(isAsked, 30_000);
    await until(() => scripted.inputsOf('savePaused').length === 1, 30_000);
    await loop.decide({ id: runId, model: 'meter' }, says('approve', 'anna', 'do'));
    await until(() => scripted.inputsOf('planRun').length === 1, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(scripted.inputsOf('fineTune')).toEqual([]);
    await loop.resume('meter', 'ben');
    await until(() => scripted.inputsOf('fineTune').length === 1, 30_000);
    expect(scripted.inputsOf('savePaused').map(({ by }) => by)).toEqual(['ben', null]);
  });
});

test('a run that is cancelled in the middle of a step takes its challenger off', async () => {
  let goOn = () => {};
  const scripted = scriptedLoop({
    watchForTrigger: async () => quiet,
    setShare: () => new Promise((resolve) => (goOn = () => resolve(2))),
  });
  await temporal.tell(scripted, async ({ loop, client, namespace }) => {
    const { runId } = await loop.requestRun('meter', { by: 'anna', reason: 'try' });
    await until(() => scripted.inputsOf('setShare').length === 1, 30_000);
    await client.workflow.getHandle(workflowIds.retrain(namespace, 'meter')).cancel();
    const rollout = client.workflow.getHandle(workflowIds.rollout(namespace, 'meter'));
    await until(async () => isCancelRequested(await rollout.fetchHistory()), 10_000);
    goOn();
    await until(() => scripted.outcomes.has(runId), 30_000);
    expect(scripted.outcomes.get(runId)?.kind).not.toBe('promoted');
    expect(scripted.inputsOf('dismissChallenger')[0]).toMatchObject({ version: 'v2' });
    expect(scripted.inputsOf('judgeStep')).toEqual([]);
  });
});

const isCancelRequested = ({ events }: Awaited<ReturnType<WorkflowHandle['fetchHistory']>>): boolean =>
  (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes != null);

test('for ever means: a new history every so many events, with nothing forgotten', async () => {
  const scripted = scriptedLoop({ watchForTrigger: async () => quiet });
  await temporal.tell(scripted, async ({ loop, client, namespace }) => {
    await loop.pause('meter', 'anna', 'oidc');
    const supervisor = client.workflow.getHandle(workflowIds.supervise(namespace, 'meter'));
    const { runId: first } = await supervisor.describe();
    for (let n = 0; n < 2_100; n += 50) {
      await Promise.all(Array.from({ length: 50 }, () => loop.pause('meter', 'anna', 'oidc')));
    }
    await until(async () => (await supervisor.describe()).runId !== first, 60_000);
    expect(await supervisor.query(supervisorState)).toMatchObject({ pausedBy: 'anna', inFlight: null });
    const refused = await refusalOf(loop.requestRun('meter', { by: 'anna', reason: 'try' }));
    expect(refused?.code).toBe('DL_MODEL_PAUSED');
    expect(scripted.inputsOf('savePaused')).toEqual([
      { model: 'meter', by: 'anna', said: { by: 'anna', via: 'oidc' } },
    ]);
  });
});

test('a rollout that goes on for weeks begins a new history, and stays where it was until its end', async () => {
  const now = { judgement: { kind: 'error', sentence: 'Prometheus cannot be asked.' } as Judgement };
  const scripted = scriptedLoop({
    watchForTrigger: async () => quiet,
    beginRun: async () => settings({ rollout: rolloutOf(4_000) }),
    judgeStep: async () => seen(now.judgement),
  });
  await temporal.tell(scripted, async ({ loop, client, namespace }) => {
    const { runId } = await loop.requestRun('meter', { by: 'anna', reason: 'try' });
    await until(() => scripted.inputsOf('judgeStep').length > 0, 30_000);
    const rollout = client.workflow.getHandle(workflowIds.rollout(namespace, 'meter'));
    const { runId: first } = await rollout.describe();
    // Words that are no news fill its history; more than a hundred in one task the server would not take.
    await until(async () => {
      const { runId: newest, historyLength } = await rollout.describe();
      if (newest === first && historyLength < 4_200)
        await Promise.all(Array.from({ length: 80 }, () => rollout.signal(resume, { by: 'anna' })));
      await rollout.query(standing);
      return newest !== first;
    }, 120_000);
    const looks = scripted.inputsOf('judgeStep').length;
    await until(() => scripted.inputsOf('judgeStep').length > looks, 30_000);
    expect(await rollout.query(standing)).toMatchObject({
      rollout: { phase: 'canary', step: 0, hold: { for: 'metrics' } },
    });

    now.judgement = { kind: 'successful', sentence: 'All well.' };
    await until(() => scripted.outcomes.has(runId), 60_000);
    expect(scripted.outcomes.get(runId)?.kind).toBe('promoted');
    // The phase did not begin anew with its history, and no server was told anything twice.
    expect(new Set(scripted.inputsOf('judgeStep').map(({ sinceMs }) => sinceMs)).size).toBe(1);
    expect(scripted.inputsOf('setShare')).toHaveLength(1);
    expect(scripted.sentences().filter((one) => one.startsWith('v2 answers'))).toHaveLength(2);
  });
});

test('a drill of the way back is tried at each slot, and goes away with its line in the config', async () => {
  const scripted = scriptedLoop({ watchForTrigger: async () => quiet });
  await temporal.tell(scripted, async ({ client, namespace }) => {
    const align = createDrillAligner(client, namespace);
    await align('meter', '0 6 * * 1');
    const schedule = client.schedule.getHandle(`${namespace}/drills/meter`);
    await schedule.backfill({
      start: new Date('2026-01-05T05:59:30Z'),
      end: new Date('2026-01-05T06:00:30Z'),
      overlap: 'ALLOW_ALL',
    });
    await until(() => scripted.inputsOf('drillRollback').length > 0, 30_000);
    expect(scripted.inputsOf('drillRollback')).toEqual([{ model: 'meter' }]);
    await align('meter', null);
    await expect(schedule.describe()).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
  });
});

test('the schedule of a model fires from the slot, and goes away with its line in the config', async () => {
  const slots: string[] = [];
  const scripted = scriptedLoop({
    watchForTrigger: async ({ scheduledAt }) => {
      if (scheduledAt !== null) slots.push(scheduledAt);
      return quiet;
    },
  });
  await temporal.tell(scripted, async ({ loop, client, namespace }) => {
    await loop.ensureSupervisor('meter');
    const align = createScheduleAligner(client, namespace);
    await align('meter', '0 3 * * 1');
    await align('meter', '* * * * *');
    await align('meter', '* * * * *');
    const schedule = client.schedule.getHandle(`${namespace}/schedule/meter`);
    await schedule.backfill({
      start: new Date('2026-01-05T02:59:30Z'),
      end: new Date('2026-01-05T03:00:30Z'),
      overlap: 'ALLOW_ALL',
    });
    await until(() => slots.length > 0, 30_000);
    expect(slots[0]).toBe('2026-01-05T03:00:00.000Z');
    await align('meter', null);
    await align('meter', null);
    await expect(schedule.describe()).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
  });
});
