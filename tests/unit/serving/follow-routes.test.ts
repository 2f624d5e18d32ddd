import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { createRouteFollower } from '../../../serving/follow-routes.ts';
import type { RouteFollower, RouteFollowerOptions } from '../../../serving/follow-routes.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { meterConfig, servingWorld } from '../../fakes/serving-world.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function setUp(
  options: Partial<RouteFollowerOptions> = {},
  existing?: Awaited<ReturnType<typeof servingWorld>>,
) {
  const world = existing ?? (await servingWorld());
  if (existing === undefined) ends.push(world.close);
  const fake = fakePredictor({ delayMs: 1 });
  const follower = createRouteFollower({
    ...partsOf(world),
    predictor: fake.predictor,
    pollMs: 60_000,
    retryMs: 0,
    ...options,
  });
  ends.push(follower.stop);
  return { world, ...fake, follower };
}
const partsOf = ({ routes, models, artifacts, file, log }: Awaited<ReturnType<typeof servingWorld>>) => ({
  routes,
  models,
  artifacts,
  file,
  log,
});
const answering = (follower: RouteFollower) => follower.stateOf('meter').serving?.route.champion.version;

test('a new route is loaded beside the old one, swapped in, and the old version unloaded', async () => {
  const { world, follower, predictor } = await setUp();
  world.route('v1');
  await follower.start();
  expect(answering(follower)).toBe('v1');
  world.route('v2');
  await follower.lookNow();
  await follower.settled();
  expect(answering(follower)).toBe('v2');
  expect(predictor.loaded()).toEqual(['meter/v2/v2']);
});

test('a version stays loaded until the last request that began on it has been answered', async () => {
  const { world, follower, predictor } = await setUp();
  world.route('v1');
  await follower.start();
  const held = follower.acquire('meter')!;
  world.route('v2');
  await follower.lookNow();
  await follower.settled();
  expect(predictor.loaded()).toEqual(['meter/v1/v1', 'meter/v2/v2']);
  held.release();
  held.release();
  await follower.settled();
  expect(predictor.loaded()).toEqual(['meter/v2/v2']);
});

test('a smaller generation is never followed, and it is said', async () => {
  const { world, follower } = await setUp();
  world.route('v2', null, 7);
  await follower.start();
  world.route('v1', null, 6);
  await follower.lookNow();
  expect(answering(follower)).toBe('v2');
  expect(follower.stateOf('meter').behind).toBe(6);
  expect(world.logged.filter((l) => l.level === 'warn')).toHaveLength(1);
});

test('a version that cannot be loaded leaves the old route in service until it can', async () => {
  const { world, follower } = await setUp();
  world.route('v1');
  await follower.start();
  world.broken.add('v2');
  world.route('v1', { version: 'v2', share: 0.5 });
  await follower.lookNow();
  expect(follower.stateOf('meter').serving?.route.generation).toBe(1);
  expect(follower.stateOf('meter').pending?.problem).toMatch('are not those it names');
  expect(follower.unready()).toEqual([]);
  world.broken.clear();
  await follower.lookNow();
  expect(follower.stateOf('meter')).toMatchObject({ serving: { route: { generation: 2 } }, pending: null });
});

test('a fresh server does not wait for a challenger that cannot be loaded: the champion answers', async () => {
  let now = 0;
  const { world, follower } = await setUp({ retryMs: 1_000, clock: () => now });
  world.broken.add('v2');
  world.route('v1', { version: 'v2', share: 0.5 });
  await follower.start();
  expect(answering(follower)).toBe('v1');
  expect(follower.stateOf('meter').serving?.route.challenger).toBeNull();
  expect(follower.stateOf('meter').pending?.problem).toMatch('are not those it names');
  expect(follower.unready()).toEqual([]);
  world.broken.clear();
  await follower.lookNow();
  expect(follower.stateOf('meter').serving?.route.challenger).toBeNull();
  now = 1_000;
  await follower.lookNow();
  expect(follower.stateOf('meter')).toMatchObject({
    serving: { route: { challenger: { version: 'v2' } } },
    pending: null,
  });
});

test('a model whose turn to be loaded has not come is said to be on its way', async () => {
  const models = [meterConfig(), meterConfig({ name: 'gauge' })];
  const existing = await servingWorld(models);
  ends.push(existing.close);
  const route = existing.route('v1');
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  const { follower } = await setUp(
    {
      routes: { list: async () => models.map(({ name }) => ({ ...route, model: name })) },
      artifacts: { open: (digest) => isOpen.then(() => existing.artifacts.open(digest)) },
    },
    existing,
  );
  const starting = follower.start();
  await expect.poll(() => follower.stateOf('gauge').pending).toMatchObject({ problem: null });
  open();
  await starting;
  expect(follower.unready()).toEqual([]);
  expect(follower.stateOf('gauge')).toMatchObject({ serving: { route: { model: 'gauge' } }, pending: null });
});

test('a route that failed rests before it is tried again; a newer one does not wait', async () => {
  let now = 0;
  const { world, follower } = await setUp({ retryMs: 1_000, clock: () => now });
  world.broken.add('v1');
  world.route('v1');
  await follower.start();
  world.broken.clear();
  now = 999;
  await follower.lookNow();
  expect(answering(follower)).toBeUndefined();
  world.route('v2');
  await follower.lookNow();
  expect(answering(follower)).toBe('v2');
});

test('a server starts from its file while the store is away, and is ready', async () => {
  const first = await setUp();
  first.world.route('v1', { version: 'v2', share: 0.1 });
  await first.follower.start();
  first.world.store.problem = new Error('connect ECONNREFUSED');
  const second = await setUp({}, first.world);
  await second.follower.start();
  expect(second.follower.stateOf('meter').serving?.route).toMatchObject({
    generation: 1,
    challenger: { version: 'v2' },
  });
  expect(second.follower.unready()).toEqual([]);
});

test('a file of before there were modes names a canary', async () => {
  const first = await setUp();
  first.world.route('v1', { version: 'v2', share: 0.1 });
  await first.follower.start();
  const written = await readFile(first.world.file, 'utf8');
  expect(written).toContain('"mode": "canary"');
  await writeFile(first.world.file, written.replace(/,\s*"mode": "canary"/, ''));
  first.world.store.problem = new Error('connect ECONNREFUSED');
  const second = await setUp({}, first.world);
  await second.follower.start();
  expect(second.follower.stateOf('meter').serving?.route.challenger?.mode).toBe('canary');
});

test('with neither store nor file a server is not ready and says why', async () => {
  const { world, follower } = await setUp();
  world.store.problem = new Error('connect ECONNREFUSED');
  expect(follower.unready()).toEqual(['the routes have not been read yet']);
  await follower.start();
  expect(follower.unready()).toEqual(['no route is known: connect ECONNREFUSED']);
});

test('a spoilt file is said and does not keep the server from starting', async () => {
  const first = await setUp();
  first.world.route('v1');
  await first.follower.start();
  expect(JSON.parse(await readFile(first.world.file, 'utf8'))).toMatchObject({ format: 1 });
  await writeFile(first.world.file, '{"format": 1, "mod');
  const second = await setUp({}, first.world);
  await second.follower.start();
  expect(answering(second.follower)).toBe('v1');
  expect(first.world.logged).toContainEqual({
    level: 'error',
    message: 'the last known routes were not read',
  });
});

test('versions that the predictor has lost are loaded again, with or without the store', async () => {
  const { world, follower, predictor, lose } = await setUp();
  world.route('v1');
  await follower.start();
  for (const problem of [null, new Error('away')]) {
    world.store.problem = problem;
    lose();
    expect(follower.unready()).toEqual(['meter/v1/v1 is not loaded']);
    await follower.lookNow();
    expect(predictor.loaded()).toEqual(['meter/v1/v1']);
  }
});

test('a notification makes it look at once', async () => {
  let notify = () => {};
  const { world, follower } = await setUp({
    subscribe: (look) => {
      notify = look;
      return () => {};
    },
  });
  world.route('v1');
  await follower.start();
  world.route('v2');
  notify();
  await expect.poll(() => answering(follower)).toBe('v2');
});
