import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noOldRows } from '../../../activities/old-rows.ts';
import type { Ports } from '../../../activities/ports.ts';
import { createWatchActivities } from '../../../activities/watch-for-trigger.ts';
import type { WatchAnswer, WatchQuestion } from '../../../activities/watch-for-trigger.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { AlertRow, FiringAlert } from '../../../domain/ports.ts';
import type { Trigger } from '../../../domain/run.ts';
import { fakeMetricsReader } from '../../fakes/metrics-reader.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  world = await openActivityWorld(postgres.databaseUrl, { retrain: { cooldown: '1ms' } });
});
afterEach(() => world.close());

const alert = (kind: string, version = 'v1'): FiringAlert => ({
  alertname: `Driftloop-${kind}`,
  labels: { model: 'm', kind, level: 'detected', version },
  annotations: { sentence: `${kind} of ${version}.` },
  activeAt: new Date().toISOString(),
});
const rowOf = ({ alertname, labels, annotations, activeAt }: FiringAlert, fingerprint = 'f1'): AlertRow => ({
  fingerprint,
  startsAt: activeAt,
  endsAt: null,
  status: 'firing',
  model: 'm',
  alertname,
  labels,
  annotations,
});

/** One stretch of two beats, so that "nothing to do" is an answer that does not take long. */
function watcher({ alive = true, more = {} }: { alive?: boolean; more?: Partial<Ports> } = {}) {
  const metrics = fakeMetricsReader(Date.now);
  const aligned: (string | null)[] = [];
  const drills: (string | null)[] = [];
  const ports = {
    ...world.ports,
    metrics: metrics.reader,
    isRunAlive: async () => alive,
    alignSchedule: async (_: string, cron: string | null) => void aligned.push(cron),
    alignDrills: async (_: string, cron: string | null) => void drills.push(cron),
    ...more,
  };
  const { watchForTrigger, savePaused } = createWatchActivities(ports, { beatMs: 40, stretchMs: 60 });
  const watch = (question: Partial<WatchQuestion> = {}) =>
    new MockActivityEnvironment({}, { logger }).run<[WatchQuestion], WatchAnswer, typeof watchForTrigger>(
      watchForTrigger,
      {
        model: 'm',
        inFlight: null,
        alerts: [],
        scheduledAt: null,
        ...question,
      },
    );
  return { watch, savePaused, firing: metrics.firing, aligned, drills, state: metrics.state };
}
const logger = new DefaultLogger('ERROR');
const quiet = { kind: 'quiet', lookAgainInMs: 0 };

/** v1 is champion and has gone wrong: 300 rows of reference, then `wrong` rows on which it errs. */
async function champion(wrong = 120) {
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v1', why);
  const truths = 'A'.repeat(300) + 'B'.repeat(wrong);
  await world.label(Array.from(truths, (truth, x) => ({ truth, input: { x, group: 'g' } })));
}

test('without a champion, and without an alert, there is nothing to do', async () => {
  const { watch, firing } = watcher();
  expect(await watch()).toEqual(quiet);
  await champion(0);
  expect(await watch()).toEqual(quiet);
  firing.push({ ...alert('regret'), labels: { ...alert('regret').labels, level: 'suspected' } });
  expect(await watch()).toEqual(quiet);
});

test('an alert of Prometheus begins a run, whether or not a webhook has told of it', async () => {
  await champion();
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  const answer = await watch();
  expect(answer).toMatchObject({ kind: 'trigger', trigger: { kind: 'regret', reason: 'regret of v1.' } });
  const row = rowOf(firing[0]!);
  await world.stores.alerts.record([row]);
  expect(await watch({ alerts: [row] })).toMatchObject({
    kind: 'trigger',
    trigger: { alert: { fingerprint: 'f1', startsAt: row.startsAt } },
  });
});

test('an alert that was signalled while a run was on its way, and is over, begins nothing after a rollback', async () => {
  await champion();
  const { watch } = watcher();
  const row = rowOf(alert('quality'));
  await world.stores.alerts.record([row]);
  expect(await watch({ alerts: [row] })).toMatchObject({ kind: 'trigger', trigger: { kind: 'quality' } });
  await world.stores.alerts.record([{ ...row, status: 'resolved', endsAt: new Date().toISOString() }]);
  expect(await watch({ alerts: [row] })).toEqual(quiet);
});

test('who pauses and who lets go on stand in the audit log, each by their name and how they were known', async () => {
  const { savePaused } = watcher();
  await savePaused({ model: 'm', by: 'ben', said: { by: 'ben', via: 'token' } });
  await savePaused({ model: 'm', by: null, said: { by: 'carla', via: 'oidc' } });
  // Of a word from before that was passed on.
  await savePaused({ model: 'm', by: 'ben' });
  const rows = await world.stores.audit.list({ model: 'm', limit: 3 });
  expect(rows.map(({ action, by, via }) => [action, by, via])).toEqual([
    ['pause', 'ben', 'token'],
    ['resume', 'carla', 'oidc'],
    ['pause', 'ben', null],
  ]);
});

test('a paused model and mode "off" begin nothing, whatever fires', async () => {
  await champion();
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  await world.stores.models.setPaused('m', true, 'anna');
  expect(await watch({ scheduledAt: '2026-03-02T03:00:00.000Z' })).toEqual(quiet);
  await world.stores.models.setPaused('m', false, 'anna');
  expect(await watch()).toMatchObject({ kind: 'trigger' });
  await world.stores.models.apply(
    parseConfig({
      models: [{ ...(await world.stores.models.get('m')).config, retrain: { mode: 'off' } }],
    }),
  );
  expect(await watch()).toEqual(quiet);
});

/** The config of `m`, with another `retrain`. */
async function retrainedBy(retrain: object): Promise<void> {
  const { config } = await world.stores.models.get('m');
  await world.stores.models.apply(parseConfig({ models: [{ ...config, retrain }] }));
}

/** A run as its row says: begun and trained so long ago. */
async function trained(id: string, { seconds, daysAgo }: { seconds: number | null; daysAgo: number }) {
  await begin(id);
  const { runs } = world.stores;
  await runs.trainingBegan(id, 10);
  await runs.end(id, { kind: 'rejected', version: null, sentence: 'No better.' });
  await world.query(
    `update runs set started_at = now() - $2 * interval '1 day', train_seconds = $3,
            training_began_at = now() - $2 * interval '1 day',
            ended_at = now() - $2 * interval '1 day' + interval '90 seconds'
      where id = $1`,
    [id, daysAgo, seconds],
  );
}

test('the cooldown is counted from the rows: a new worker waits as the old one did', async () => {
  await champion();
  await retrainedBy({ cooldown: '1h' });
  await trained('r1', { seconds: 1, daysAgo: 0.5 / 24 });
  await world.query('update runs set training_began_seq = null');
  const first = watcher();
  first.firing.push(alert('regret'));
  expect(await first.watch()).toEqual(quiet);
  const second = watcher();
  second.firing.push(alert('regret'));
  expect(await second.watch()).toEqual(quiet);
  await world.query("update runs set started_at = started_at - interval '31 minutes'");
  expect(await second.watch()).toMatchObject({ kind: 'trigger', trigger: { kind: 'regret' } });
});

test('the budget is counted from the rows: trainings of 30 days, failed ones too', async () => {
  await champion();
  await retrainedBy({ cooldown: '1ms', budget: { gpuMinutesPerMonth: 5 } });
  await trained('r1', { seconds: 10_000, daysAgo: 31 });
  await world.query('update runs set training_began_seq = null');
  // One that failed has no seconds of its own: it counts from its beginning to its end.
  await trained('r2', { seconds: null, daysAgo: 3 });
  expect(await world.stores.runs.trainingTime('m')).toEqual({ seconds: 90, latestSeconds: 10_000 });
  await trained('r3', { seconds: 100, daysAgo: 2 });
  await world.query('update runs set training_began_seq = null');
  expect(await world.stores.runs.trainingTime('m')).toEqual({ seconds: 190, latestSeconds: 100 });
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  expect(await watch()).toMatchObject({ kind: 'trigger' });
  await trained('r4', { seconds: 100, daysAgo: 1 });
  await world.query('update runs set training_began_seq = null');
  expect(await watcherWith('regret')).toEqual(quiet);
  await world.query("update runs set training_began_at = now() - interval '31 days' where id = 'r3'");
  expect(await watcherWith('regret')).toMatchObject({ kind: 'trigger' });
});

/** What a worker that has just started says. */
async function watcherWith(kind: string): Promise<WatchAnswer> {
  const { watch, firing } = watcher();
  firing.push(alert(kind));
  return await watch();
}

test('enough new labels begin a run where retrain.on asks for volume, and not again while they are the same', async () => {
  await champion(0);
  await retrainedBy({ cooldown: '1ms', on: ['volume'], minLabels: 300 });
  const { watch } = watcher();
  expect(await watch()).toMatchObject({ kind: 'trigger', trigger: { kind: 'volume' } });
  await begin('r1');
  await world.stores.runs.trainingBegan('r1', 300);
  await world.stores.runs.end('r1', { kind: 'rejected', version: null, sentence: 'No better.' });
  expect(await watcher().watch()).toEqual(quiet);
});

test('more rows are no news to a run that is held: it waits for them', async () => {
  await champion(0);
  await retrainedBy({ cooldown: '1ms', on: ['volume'] });
  await begin('r1');
  await cut('r1');
  await world.stores.runs.update('r1', { phase: 'holding' });
  expect(await watcher().watch({ inFlight: 'r1' })).toEqual(quiet);
});

test('a Prometheus that does not answer is an error that is tried again, not a reason to be quiet', async () => {
  await champion();
  const { watch, state } = watcher();
  state.problem = 'connection refused';
  await expect(watch()).rejects.toThrow('connection refused');
});

const begin = async (id: string, kind: Trigger['kind'] = 'regret') => {
  const { stores, configDigest } = world;
  const trigger = { ...regret, kind };
  await stores.runs.begin({ id, model: 'm', trigger, configDigest, labelledAtStart: 420 });
};

/** The run's snapshot, of everything known so far. */
async function cut(runId: string): Promise<void> {
  const { examples, snapshots, runs } = world.stores;
  const rows = await examples.range('m', { fromSeq: 1 });
  const parts = { train: rows.slice(0, -1), validation: rows.slice(-1), ...noOldRows };
  const given = { runId, model: 'm', fromSeq: 1, cutSeq: rows.length, onsetSeq: 1, parts };
  await runs.update(runId, { snapshotId: (await snapshots.cut(given)).id });
}

test('a run that the supervisor does not know of is found; one that has ended is told', async () => {
  await champion();
  await begin('r1');
  const { watch } = watcher();
  expect(await watch()).toEqual({ kind: 'found', runId: 'r1' });
  expect(await watch({ inFlight: 'r1' })).toEqual(quiet);
  const outcome = { kind: 'skipped', sentence: 'Nothing to do.' } as const;
  await world.stores.runs.update('r1', { phase: 'ended', outcome, endedAt: new Date().toISOString() });
  expect(await watch({ inFlight: 'r1' })).toEqual({ kind: 'run-ended', runId: 'r1' });
});

test('a run whose workflow was terminated by hand is closed, with a sentence', async () => {
  await champion();
  await begin('r1');
  const { watch } = watcher({ alive: false });
  expect(await watch({ inFlight: 'r1' })).toEqual({ kind: 'run-ended', runId: 'r1' });
  expect(await world.stores.runs.get('r1')).toMatchObject({
    phase: 'ended',
    outcome: { kind: 'failed', sentence: 'The workflow of this run is gone; it was stopped from outside.' },
  });
});

test('a run that waits for labels or a person makes way for a finding newer than its snapshot; one that trains does not', async () => {
  await champion();
  await begin('r1');
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await cut('r1');
  for (const phase of ['triage', 'snapshot', 'fine-tuning', 'evaluating', 'rollout'] as const) {
    await world.stores.runs.update('r1', { phase });
    expect(await watch({ inFlight: 'r1' })).toEqual(quiet);
  }
  for (const phase of ['holding', 'waiting-for-approval'] as const) {
    await world.stores.runs.update('r1', { phase });
    // The alert that began it goes on firing: that is no news.
    firing.splice(0, 1, { ...alert('regret'), activeAt: new Date(Date.now() - 60_000).toISOString() });
    expect(await watch({ inFlight: 'r1' })).toEqual(quiet);
    firing.splice(0, 1, alert('regret'));
    const superseded = { kind: 'superseded', runId: 'r1', sentence: 'regret of v1.' };
    expect(await watch({ inFlight: 'r1' })).toEqual(superseded);
  }
});

test('a change that came after the cut is news, even where the alert has fired all along', async () => {
  await champion();
  await begin('r1');
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  // The champion is fine again for a while, and is bad again for good.
  await world.label(
    Array.from('A'.repeat(400), (truth, x) => ({ truth, input: { x: 1_000 + x, group: 'g' } })),
  );
  await cut('r1');
  await world.stores.runs.update('r1', { phase: 'waiting-for-approval' });
  expect(await watch({ inFlight: 'r1' })).toEqual(quiet);
  await world.label(
    Array.from('B'.repeat(400), (truth, x) => ({ truth, input: { x: 2_000 + x, group: 'g' } })),
  );
  expect(await watch({ inFlight: 'r1' })).toEqual({
    kind: 'superseded',
    runId: 'r1',
    sentence: 'Things have changed once more. regret of v1.',
  });
});

test('runs that led to nothing are not begun again at every beat', async () => {
  await champion();
  const { watch, firing } = watcher();
  firing.push(alert('regret'));
  await begin('r1');
  const outcome = { kind: 'skipped', sentence: 'The data looks broken.' } as const;
  await world.stores.runs.update('r1', { phase: 'ended', outcome, endedAt: new Date().toISOString() });
  expect(await watch()).toEqual(quiet);
});

test('an alert that a run only watches begins no other, though its rest is over; one that begins later does', async () => {
  await champion(0);
  const { config } = await world.stores.models.get('m');
  const on = { ...config.retrain, on: ['drift'] as const, cooldown: '1ms' };
  await world.stores.models.apply(parseConfig({ models: [{ ...config, retrain: on }] }));
  const { watch, firing } = watcher();
  await begin('r1', 'drift');
  const { startedAt } = await world.stores.runs.get('r1');
  firing.push({ ...alert('drift'), activeAt: new Date(Date.parse(startedAt) - 60_000).toISOString() });
  const ended = new Date(Date.parse(startedAt) - 2 * 3_600_000).toISOString();
  const skipped = { kind: 'skipped', sentence: 'Watched.' } as const;
  await world.stores.runs.update('r1', { phase: 'ended', outcome: skipped, endedAt: ended });
  expect(await watch()).toMatchObject({ kind: 'trigger', trigger: { kind: 'drift' } });
  const data = { triage: { diagnosis: 'covariateShift', treatment: 'watch' } };
  await world.stores.runs.note('r1', { key: 'triage', phase: 'triage', sentence: 'Watched.', data });
  expect(await watch()).toEqual(quiet);
  firing.push(alert('drift'));
  expect(await watch()).toMatchObject({ kind: 'trigger', trigger: { kind: 'drift' } });
});

test('the schedules of the config are told to the clock once for each config', async () => {
  await champion(0);
  const { watch, aligned, drills } = watcher();
  await watch();
  await watch();
  expect(aligned).toEqual([null]);
  const { config } = await world.stores.models.get('m');
  await world.stores.models.apply(
    parseConfig({
      models: [
        {
          ...config,
          retrain: { ...config.retrain, schedule: '0 3 * * 1' },
          rollout: { ...config.rollout, drill: { cron: '0 6 * * 1' } },
        },
      ],
    }),
  );
  await watch();
  expect(aligned).toEqual([null, '0 3 * * 1']);
  expect(drills).toEqual([null, '0 6 * * 1']);
  const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
  const slot = at(3);
  expect(await watch({ scheduledAt: slot })).toMatchObject({
    kind: 'trigger',
    trigger: { kind: 'schedule', firedAt: slot },
  });
  expect(await watch({ scheduledAt: at(25) })).toEqual(quiet);
});
