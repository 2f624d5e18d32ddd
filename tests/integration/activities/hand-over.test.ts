import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProductionFollower } from '../../../activities/follow-production.ts';
import { createHandOverActivities, type HandOver } from '../../../activities/hand-over.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Webhook } from '../../../domain/ports.ts';
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
  world = await openActivityWorld(postgres.databaseUrl, {
    serving: { kind: 'outside', webhook: 'https://team.example.org/hook' },
    rollout: { minRequests: 20 },
  });
  await world.addVersion('A');
  await world.addVersion('B');
  await world.stores.routes.promote('m', 'v1', why);
});
afterEach(() => world.close());

type Message = Parameters<Webhook['post']>[0];

/** A webhook that answers these, one after the other. */
function handingOver(...statuses: number[]) {
  const heard: Message[] = [];
  const webhook: Webhook = {
    async post(message) {
      heard.push(message);
      return { status: statuses[heard.length - 1] ?? 204 };
    },
  };
  const options = { namespace: 'test', consoleUrl: 'https://console.example.org' };
  const pace = { beatMs: 20, stretchMs: 60 };
  return { heard, ...createHandOverActivities({ ...world.ports, webhook }, pace, options) };
}

async function handOver(): Promise<HandOver> {
  const { stores, configDigest } = world;
  const runId = 'run-1';
  await stores.runs.begin({ id: runId, model: 'm', trigger: regret, configDigest, labelledAtStart: 0 });
  const { digest } = await stores.versions.get('m', 'v2');
  const at = '2026-03-02T12:00:00.000Z';
  return { runId, model: 'm', configDigest, version: 'v2', digest, champion: 'v1', because: 'Better.', at };
}

const answered = (version: string, value: number) => world.count({ version, value });

test('a refusal stands in the story once, and the message is the same at every try', async () => {
  const { heard, deliverVersion } = handingOver(503, 503, 401, 204);
  const given = await handOver();
  for (const status of [503, 503, 401])
    await expect(deliverVersion(given)).rejects.toMatchObject({
      code: 'DL_WEBHOOK_REFUSED',
      retryable: true,
      message: `https://team.example.org/hook answered ${status}.`,
    });
  await deliverVersion(given);
  expect(new Set(heard.map((message) => JSON.stringify(message))).size).toBe(1);
  expect((await world.stores.runs.story('run-1')).map(({ sentence }) => sentence)).toEqual([
    'v2 could not be handed over yet and is tried again, for 3d in all. https://team.example.org/hook answered 503.',
    'v2 could not be handed over yet and is tried again, for 3d in all. https://team.example.org/hook answered 401.',
  ]);
  expect(heard[0]).toMatchObject({ id: 'run-1-v2', secretEnv: 'DRIFTLOOP_HANDOVER_SECRET' });
  const event = JSON.parse(heard[0]!.body) as { data: { artifact: { files: { path: string }[] } } };
  expect(event).toMatchObject({
    specversion: '1.0',
    source: '/driftloop/test',
    subject: 'm/v2',
    time: given.at,
    data: {
      digest: given.digest,
      champion: 'v1',
      because: 'Better.',
      artifact: { url: 'https://console.example.org/api/models/m/versions/v2/artifact' },
    },
  });
  expect(event.data.artifact.files.map((file) => file.path)).toEqual(['label.txt', 'number.txt']);
});

test('what was judged against another champion is not handed over', async () => {
  const { heard, deliverVersion } = handingOver();
  const given = await handOver();
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v3', why);
  await expect(deliverVersion(given)).rejects.toMatchObject({ code: 'DL_CHAMPION_CHANGED' });
  expect(heard).toEqual([]);
});

test('a run that began while Driftloop served the model has nobody to hand over to', async () => {
  const { heard, deliverVersion } = handingOver();
  const given = await handOver();
  const { config } = await world.stores.models.get('m');
  const served = parseConfig({ models: [{ ...config, serving: { kind: 'driftloop' } }] });
  const { digest: configDigest } = await world.stores.models.apply(served);
  await expect(deliverVersion({ ...given, configDigest })).rejects.toMatchObject({
    code: 'DL_NOT_SERVED_OUTSIDE',
    status: 409,
  });
  expect(heard).toEqual([]);
});

test('production is waited for until it answers with the version', async () => {
  const { awaitProduction } = handingOver();
  const { configDigest } = world;
  const wait = { model: 'm', configDigest, version: 'v2', untilMs: Date.now() + 60_000 };
  const watch = () => new MockActivityEnvironment().run(awaitProduction, wait);
  await answered('v1', 100);
  const nobody = watch();
  await answered('v1', 150);
  expect(await nobody).toMatchObject({ isAnswering: false });
  const seen = watch();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await answered('v2', 25);
  expect(await seen).toEqual({
    isAnswering: true,
    sentence: 'v2 answered 25 of the newest 25 predictions',
  });
});

test('the registry follows production, but not in the place of the run that has handed over', async () => {
  const { stores } = world;
  const follow = createProductionFollower(world.ports);
  const look = async () => follow(await stores.models.get('m'), (await stores.runs.list({ model: 'm' }))[0]);
  const champion = async () => (await stores.versions.champion('m'))?.version;
  await handOver();
  await stores.runs.update('run-1', { version: 'v2', phase: 'rollout' });
  await answered('v1', 100);
  await look();
  await answered('v2', 30);
  await look();
  expect(await champion()).toBe('v1');
  await stores.runs.end('run-1', { kind: 'withdrawn', version: 'v2', sentence: 'Too late.' });
  await look();
  expect(await champion()).toBe('v2');
  // A name that nobody has registered.
  await answered('legacy', 50);
  await look();
  expect(await champion()).toBe('v2');
  await answered('v1', 180);
  await look();
  expect(await champion()).toBe('v1');
});
