import { afterEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../domain/config.ts';
import type {
  AlertRow,
  AlertStore,
  ModelStore,
  NewVersion,
  RouteStore,
  RunStore,
  VersionStore,
} from '../../domain/ports.ts';
import { startingUp } from '../../domain/run.ts';
import type { Judgement, RolloutLook, Stage } from '../../domain/rollout.ts';
import type { Trigger } from '../../domain/run.ts';

export type StoresCase = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  runs: RunStore;
  alerts: AlertStore;
  close(): Promise<void>;
};

const declare = (names: readonly string[], price = 50) =>
  parseConfig({
    models: names.map((name) => ({
      name,
      task: { kind: 'classification', labels: ['A', 'B'] },
      input: { x: { kind: 'number' } },
      retrain: { price },
    })),
  });
const why = { by: 'ada', because: 'a test' };
const artifact = (digest: string, more: Partial<NewVersion> = {}): NewVersion => ({
  model: 'm',
  digest,
  parent: null,
  runId: null,
  snapshotId: null,
  trainSeconds: null,
  accuracyOnTest: null,
  ...more,
});
const trigger: Trigger = { kind: 'manual', firedAt: '2026-03-02T00:00:00.000Z', reason: 'asked', by: 'ada' };
const alert = (more: Partial<AlertRow> = {}): AlertRow => ({
  fingerprint: 'f',
  startsAt: '2026-03-02T00:00:00.000Z',
  endsAt: null,
  status: 'firing',
  model: 'm',
  alertname: 'DriftloopRegret',
  labels: { level: 'page' },
  annotations: {},
  ...more,
});

/** The promises of the model, version, route, run and alert ports. */
export function keepsTheStoresContract(name: string, open: () => Promise<StoresCase>): void {
  describe(`${name} keeps the contract of the stores`, () => {
    const opened: StoresCase[] = [];
    const start = async (names = ['m']) => {
      const stores = await open();
      opened.push(stores);
      await stores.models.apply(declare(names));
      return stores;
    };
    afterEach(async () => {
      for (const stores of opened.splice(0)) await stores.close();
    });

    test('a config is applied once; a run finds the one that it began with, whatever was applied since', async () => {
      const { models } = await start();
      const first = await models.get('m');
      expect(await models.apply(declare(['m']))).toEqual({ digest: first.digest, changed: false });
      const second = await models.apply(declare(['m'], 99));
      expect(second.changed).toBe(true);
      expect((await models.getPinned('m', first.digest)).retrain.price).toBe(50);
      expect((await models.get('m')).config.retrain.price).toBe(99);
      expect(await models.apply(declare(['m']))).toEqual({ digest: first.digest, changed: true });
    });

    test('a model that is no longer declared is not listed, and is there again with the next config', async () => {
      const { models } = await start(['m', 'n']);
      await models.setPaused('n', true);
      await models.apply(declare(['m'], 99));
      expect((await models.list()).map((m) => m.config.name)).toEqual(['m']);
      await expect(models.get('n')).rejects.toMatchObject({ code: 'DL_UNKNOWN_MODEL' });
      await models.apply(declare(['m', 'n']));
      expect((await models.get('n')).paused).toBe(true);
      await expect(models.setPaused('x', true)).rejects.toMatchObject({ code: 'DL_UNKNOWN_MODEL' });
    });

    test('versions are numbered in order; the same run and artifact get the same version back', async () => {
      const { versions } = await start();
      const reference = { features: {}, labels: { A: 0.5, B: 0.5 } };
      const [a, again, b] = await Promise.all([
        versions.register(artifact('d1')),
        versions.register(artifact('d1')),
        versions.register(artifact('d1', { runId: 'r1', parent: 'v1', trainSeconds: 1.5, reference })),
      ]);
      expect(a).toEqual(again);
      expect([a.version, b.version].sort()).toEqual(['v1', 'v2']);
      expect(b).toMatchObject({
        role: 'challenger',
        parent: 'v1',
        runId: 'r1',
        trainSeconds: 1.5,
        promotedAt: null,
      });
      expect(await versions.reference('m', b.version)).toEqual(reference);
      expect(await versions.reference('m', a.version)).toBe(null);
      expect((await versions.list('m')).map((v) => v.number)).toEqual([1, 2]);
      await versions.setAccuracyOnTest('m', 'v1', 0.75);
      expect(await versions.get('m', 'v1')).toMatchObject({ accuracyOnTest: 0.75 });
      await expect(versions.get('m', 'v9')).rejects.toMatchObject({ code: 'DL_UNKNOWN_VERSION' });
      await expect(versions.register(artifact('d', { model: 'x' }))).rejects.toMatchObject({
        code: 'DL_UNKNOWN_MODEL',
      });
    });

    test('a promotion moves route, roles and log together; the present champion stays with its generation', async () => {
      const { versions, routes } = await start();
      for (const digest of ['d1', 'd2']) await versions.register(artifact(digest));
      expect(await routes.get('m')).toBe(null);
      expect(await versions.champion('m')).toBe(null);
      const first = await routes.promote('m', 'v1', why);
      expect(first).toMatchObject({
        generation: 1,
        champion: { version: 'v1', digest: 'd1' },
        challenger: null,
      });
      expect(await routes.promote('m', 'v1', why)).toEqual(first);
      const canary = await routes.setChallenger('m', { version: 'v2', share: 0.1, mode: 'canary' }, why);
      expect(canary).toMatchObject({
        generation: 2,
        challenger: { version: 'v2', digest: 'd2', share: 0.1, mode: 'canary' },
      });
      expect(await routes.setChallenger('m', { version: 'v2', share: 0.1, mode: 'canary' }, why)).toEqual(
        canary,
      );
      const second = await routes.promote('m', 'v2', why);
      expect(second).toMatchObject({ generation: 3, champion: { version: 'v2' }, challenger: null });
      const [v1, v2] = await versions.list('m');
      expect([v1!.role, v2!.role]).toEqual(['retired', 'champion']);
      expect(v1!.promotedAt).not.toBe(null);
      expect(await versions.champion('m')).toEqual(v2);
      expect(await routes.list()).toEqual([second]);
    });

    test('a challenger comes and goes; share 0 and null take it off; the champion is none', async () => {
      const { versions, routes } = await start();
      for (const digest of ['d1', 'd2']) await versions.register(artifact(digest));
      await expect(
        routes.setChallenger('m', { version: 'v2', share: 0.1, mode: 'canary' }, why),
      ).rejects.toMatchObject({
        code: 'DL_NO_CHAMPION',
      });
      await routes.promote('m', 'v1', why);
      await expect(
        routes.setChallenger('m', { version: 'v1', share: 0.1, mode: 'canary' }, why),
      ).rejects.toMatchObject({
        code: 'DL_CHALLENGER_IS_CHAMPION',
      });
      await routes.setChallenger('m', { version: 'v2', share: 0.1, mode: 'canary' }, why);
      const wider = await routes.setChallenger('m', { version: 'v2', share: 0.5, mode: 'canary' }, why);
      expect(wider.challenger?.share).toBe(0.5);
      const baked = await routes.setChallenger('m', { version: 'v2', share: 0.5, mode: 'bake' }, why);
      expect(baked).toMatchObject({ generation: 4, challenger: { version: 'v2', share: 0.5, mode: 'bake' } });
      const off = await routes.setChallenger('m', { version: 'v2', share: 0, mode: 'canary' }, why);
      expect(off).toMatchObject({ generation: 5, challenger: null });
      expect(await routes.setChallenger('m', null, why)).toEqual(off);
    });

    test('there is exactly one champion, and only a promotion makes it', async () => {
      const { versions, routes } = await start();
      for (const digest of ['d1', 'd2', 'd3']) await versions.register(artifact(digest));
      await routes.promote('m', 'v1', why);
      await expect(versions.setRole('m', 'v2', 'champion')).rejects.toMatchObject({
        code: 'DL_ROLE_BY_PROMOTION',
      });
      await expect(versions.setRole('m', 'v1', 'rejected')).rejects.toMatchObject({
        code: 'DL_ROLE_BY_PROMOTION',
      });
      await versions.setRole('m', 'v3', 'rejected');
      await Promise.all([routes.promote('m', 'v2', why), routes.promote('m', 'v3', why)]);
      const champions = (await versions.list('m')).filter((v) => v.role === 'champion');
      expect(champions).toHaveLength(1);
      expect((await routes.get('m'))!.champion.version).toBe(champions[0]!.version);
    });

    test('the way back leads to the last champion that served healthily', async () => {
      const { versions, routes } = await start();
      for (const digest of ['d1', 'd2', 'd3']) await versions.register(artifact(digest));
      await routes.promote('m', 'v1', why);
      expect(await routes.previousChampion('m')).toBe(null);
      await routes.promote('m', 'v2', why);
      expect(await routes.previousChampion('m')).toBe('v1');
      await routes.promote('m', 'v3', why);
      expect(await routes.previousChampion('m')).toBe('v2');
      await routes.promote('m', 'v2', { ...why, leavesUnhealthy: true });
      expect(await routes.previousChampion('m')).toBe('v1');
    });

    test('each time a version became champion is kept, and who did it', async () => {
      const { versions, routes } = await start();
      for (const digest of ['d1', 'd2']) await versions.register(artifact(digest));
      for (const version of ['v1', 'v2', 'v1']) await routes.promote('m', version, why);
      await routes.promote('m', 'v1', why);
      const newest = await routes.takeovers('m', { limit: 2 });
      expect(newest.map(({ version }) => version)).toEqual(['v1', 'v2']);
      expect(newest[0]).toMatchObject({ by: why.by, because: why.because, runId: null });
      const first = (await routes.takeovers('m', { limit: 9 })).at(-1)!;
      expect(Date.parse(first.at)).toBeLessThanOrEqual(Date.parse(newest[0]!.at));
      expect(await routes.takeovers('other', { limit: 9 })).toEqual([]);
    });

    test('a run begins once and tells its story in order, each sentence once', async () => {
      const { runs } = await start();
      const begin = { id: 'r1', model: 'm', trigger, configDigest: 'c', labelledAtStart: 12 };
      const run = await runs.begin(begin);
      expect(run).toMatchObject({ id: 'r1', phase: 'triage', trigger, verdict: null, endedAt: null });
      expect(await runs.begin(begin)).toEqual(run);
      await runs.note('r1', { key: 'a', phase: 'triage', sentence: 'Looked.', data: { rows: 3 } });
      await runs.note('r1', { key: 'b', phase: 'snapshot', sentence: 'Cut.' });
      await runs.note('r1', { key: 'a', phase: 'triage', sentence: 'Looked again.' });
      const story = await runs.story('r1');
      expect(story.map((e) => e.sentence)).toEqual(['Looked.', 'Cut.']);
      expect(story[0]!.data).toEqual({ rows: 3 });
      await runs.update('r1', { phase: 'ended', endedAt: '2026-03-02T00:01:00.000Z', trainSeconds: 2 });
      expect(await runs.get('r1')).toMatchObject({
        phase: 'ended',
        endedAt: '2026-03-02T00:01:00.000Z',
        trainSeconds: 2,
      });
      await expect(runs.get('r9')).rejects.toMatchObject({ code: 'DL_UNKNOWN_RUN' });
      await expect(runs.update('r9', { phase: 'ended' })).rejects.toMatchObject({ code: 'DL_UNKNOWN_RUN' });
    });

    test('what was applied is kept with who applied it, newest first; the same again is not a second time', async () => {
      const { models } = await start();
      const changed = declare(['m'], 70);
      await models.apply(changed, 'ada');
      await models.apply(changed, 'bob');
      const [newest, ...older] = await models.applied({ limit: 5 });
      expect([newest!.by, newest!.config.models[0]!.retrain.price, older.length]).toEqual(['ada', 70, 1]);
      expect(await models.applied({ limit: 1 })).toEqual([newest]);
    });

    test('runs are listed newest first, by model', async () => {
      const { runs } = await start(['m', 'n']);
      for (const [id, model] of [
        ['r1', 'm'],
        ['r2', 'n'],
        ['r3', 'm'],
      ] as const) {
        await runs.begin({ id, model, trigger, configDigest: 'c', labelledAtStart: 0 });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect((await runs.list({})).map((r) => r.id)).toEqual(['r3', 'r2', 'r1']);
      expect((await runs.list({ model: 'm' })).map((r) => r.id)).toEqual(['r3', 'r1']);
      expect((await runs.list({ limit: 1 })).map((r) => r.id)).toEqual(['r3']);
      await runs.end('r3', { kind: 'skipped', sentence: 'Nothing to do.' });
      expect((await runs.list({ open: true })).map((r) => r.id)).toEqual(['r2', 'r1']);
    });

    test('each look of the gate is kept once, with its verdict', async () => {
      const { runs } = await start();
      await runs.begin({ id: 'r1', model: 'm', trigger, configDigest: 'c', labelledAtStart: 0 });
      const look = { rows: 75, challenger: 'v2', champion: 'v1', testDigest: 't', report: { accuracy: 0.8 } };
      const hold = { kind: 'hold', labelsNeeded: 120, sentence: 'Not enough.' } as const;
      const promote = { kind: 'promote', by: 'evidence', sentence: 'Better.' } as const;
      await runs.saveEvaluation('r1', { ...look, look: 1, verdict: hold });
      await runs.saveEvaluation('r1', { ...look, look: 1, rows: 99, verdict: promote });
      await runs.saveEvaluation('r1', { ...look, look: 2, rows: 200, verdict: promote });
      expect(await runs.evaluations('r1')).toEqual([
        { ...look, look: 1, verdict: hold },
        { ...look, look: 2, rows: 200, verdict: promote },
      ]);
    });

    test('looks at a rollout are kept once; of many, those that say something new and the newest are read', async () => {
      const { runs } = await start();
      await runs.begin({ id: 'r1', model: 'm', trigger, configDigest: 'c', labelledAtStart: 0 });
      const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();
      const look = (minute: number, kind: Judgement['kind'], stage: Stage): RolloutLook => ({
        at: at(minute),
        stage,
        judgement: { kind, sentence: `${kind} at ${minute}` },
        checks: [{ check: 'errors', kind, sentence: 'none' }],
        ready: 1,
        frozen: null,
      });
      const canary = { phase: 'canary', step: 0, share: 0.1 } as const;
      const bake = { phase: 'bake' } as const;
      const all = Array.from({ length: 40 }, (_, i) =>
        look(i, i === 13 ? 'inconclusive' : 'successful', i < 27 ? canary : bake),
      );
      for (const one of [...all.toReversed(), look(0, 'failed', canary)])
        await runs.saveRolloutLook('r1', one);
      expect(await runs.rolloutLooks('r1', { most: 100 })).toEqual(all);
      const few = (await runs.rolloutLooks('r1', { most: 4 })).map((one) => new Date(one.at).getUTCMinutes());
      expect(few).toEqual([0, 9, 13, 14, 19, 27, 29, 39]);
      expect(await runs.rolloutLooks('r2', { most: 4 })).toEqual([]);
    });

    test('the ledger says from where to where the looks at each challenger of a model reached', async () => {
      const { runs } = await start(['m', 'n']);
      const look = { rows: 9, champion: 'v1', testDigest: 't' };
      const verdict = { kind: 'hold', labelsNeeded: 120, sentence: 'Not enough.' } as const;
      const judge = (id: string, at: number, challenger: string, report: object) =>
        runs.saveEvaluation(id, { ...look, look: at, challenger, report: { ...report }, verdict });
      for (const [id, model] of [
        ['r1', 'm'],
        ['r2', 'n'],
      ] as const)
        await runs.begin({ id, model, trigger, configDigest: 'c', labelledAtStart: 0 });
      await judge('r1', 1, 'v2', { looked: { fromSeq: 4, toSeq: 9 }, heldOut: { fromSeq: 4, toSeq: 6 } });
      await judge('r1', 2, 'v2', { looked: { fromSeq: 4, toSeq: 12 }, heldOut: { fromSeq: 4, toSeq: 6 } });
      await judge('r1', 3, 'v3', {});
      // Fresh rows were looked at and no other; and what an earlier Driftloop kept.
      await judge('r1', 4, 'v5', { looked: { fromSeq: 7, toSeq: 8 } });
      await judge('r1', 5, 'v6', { heldOut: { fromSeq: 1, toSeq: 3 } });
      await judge('r2', 1, 'v4', { looked: { fromSeq: 1, toSeq: 2 } });
      expect(await runs.lookedAt('m')).toEqual([
        { challenger: 'v2', fromSeq: 4, toSeq: 12 },
        { challenger: 'v5', fromSeq: 7, toSeq: 8 },
        { challenger: 'v6', fromSeq: 1, toSeq: 3 },
      ]);
      expect(await runs.lookedAt('m', '2020-01-01T00:00:00.000Z')).toEqual([]);
    });

    test('progress is the latest; the first decision stands', async () => {
      const { runs } = await start();
      await runs.begin({ id: 'r1', model: 'm', trigger, configDigest: 'c', labelledAtStart: 0 });
      const progress = {
        step: 1,
        steps: 9,
        epoch: 0,
        trainLoss: 0.7,
        validationLoss: null,
        learningRate: 1e-3,
        examplesPerSecond: 400,
        memoryMb: 300,
        backend: 'javascript',
        resumedAtStep: null,
      };
      await runs.saveProgress('r1', progress);
      await runs.saveProgress('r1', { ...progress, step: 2 });
      expect((await runs.get('r1')).progress).toEqual({ ...progress, step: 2 });
      expect(
        (await runs.course('r1')).map(({ step, trainLoss, validationLoss }) => [
          step,
          trainLoss,
          validationLoss,
        ]),
      ).toEqual([
        [1, 0.7, null],
        [2, 0.7, null],
      ]);
    });

    test('a long course is thinned, and keeps its ends', async () => {
      const { runs } = await start();
      await runs.begin({ id: 'r1', model: 'm', trigger, configDigest: 'c', labelledAtStart: 0 });
      const told = { ...startingUp, steps: 900, trainLoss: 0.5 };
      for (let step = 1; step <= 900; step += 1) await runs.saveProgress('r1', { ...told, step });
      const course = await runs.course('r1');
      expect(course.length).toBeLessThanOrEqual(402);
      expect(course.length).toBeGreaterThan(250);
      expect([course[0]!.step, course.at(-1)!.step]).toEqual([1, 900]);
      expect(await runs.course('r2')).toEqual([]);
    });

    test('a thousand webhooks about one alert are one new alert; a late one does not wake what is over', async () => {
      const { alerts } = await start();
      const many = Array.from({ length: 1_000 }, () => alert());
      const recorded = await Promise.all([alerts.record(many), alerts.record(many), alerts.record([])]);
      expect(recorded.flat()).toHaveLength(1);
      const over = alert({ status: 'resolved', endsAt: '2026-03-02T00:05:00.000Z' });
      expect(await alerts.record([over])).toEqual([]);
      expect(await alerts.record([alert()])).toEqual([]);
      const later = alert({ startsAt: '2026-03-02T01:00:00.000Z' });
      expect(await alerts.record([later])).toEqual([later]);
      const listed = await alerts.list({ model: 'm' });
      expect(listed).toHaveLength(2);
      expect(listed.find((a) => a.startsAt === over.startsAt)).toMatchObject(over);
      expect(await alerts.list({ model: 'n' })).toEqual([]);
    });
  });
}
