import { expect, test } from 'vitest';
import type { Trial } from '../../../domain/version.ts';
import { servingApp } from '../../fakes/serving-app.ts';

const instances = Array.from({ length: 40 }, () => ({}));
const trialOf = async (challenger: Trial, { entity = false } = {}) => {
  const server = await servingApp({ challenger, entity });
  await server.follower.start();
  await server.app.request('/metrics');
  /** What a counter says, by arm and code; counters that say nothing are left out. */
  const counted = async (
    name: 'requests' | 'instances' | 'trialUnits' | 'invalidOutputs' | 'shadowDropped',
  ) =>
    Object.fromEntries(
      (await server.metrics[name].get()).values
        .filter(({ value }) => value > 0)
        .map(({ labels, value }) => {
          const { version, arm, code }: Partial<Record<string, string | number>> = labels;
          return [[version, arm, code].filter((label) => label !== undefined).join(' '), value];
        }),
    );
  return { ...server, counted };
};

test('what a challenger fails to answer the champion answers, and only the challenger is blamed', async () => {
  const { counted, failing, messages, predict } = await trialOf({
    version: 'v2',
    share: 0.5,
    mode: 'canary',
  });
  failing.add('v2');
  const { status, body } = await predict({ instances });
  expect(status).toBe(200);
  expect(new Set(body.predictions.map(({ version, label }) => `${version} ${label}`))).toEqual(
    new Set(['v1 v1']),
  );
  expect(messages.predictions.every(({ version }) => version === 'v1')).toBe(true);
  expect(await counted('requests')).toEqual({
    'v2 challenger 500': 1,
    'v1 baseline 200': 1,
    'v1 champion 200': 1,
  });
});

test('a champion that fails is blamed alone, and fails the request', async () => {
  const { counted, failing, predict } = await trialOf({ version: 'v2', share: 0.5, mode: 'canary' });
  failing.add('v1');
  expect(await predict({ instances })).toMatchObject({ status: 500 });
  expect(await counted('requests')).toEqual({ 'v1 baseline 500': 1 });
});

test('an answer that is no number leaves nobody: the champion answers instead of a challenger', async () => {
  const { counted, spoilt, predict } = await trialOf({ version: 'v2', share: 1, mode: 'bake' });
  spoilt.add('v2');
  const { status, body } = await predict({ instances });
  expect(status).toBe(200);
  expect(new Set(body.predictions.map(({ version }) => version))).toEqual(new Set(['v1']));
  expect(await counted('invalidOutputs')).toEqual({ 'v2 challenger': 40 });
  expect(await counted('requests')).toEqual({ 'v2 challenger 500': 1, 'v1 champion 200': 1 });
  spoilt.add('v1');
  const refused = await predict({ instances });
  expect([refused.status, refused.body.error.code]).toEqual([500, 'DL_OUTPUT_INVALID']);
  expect(await counted('invalidOutputs')).toEqual({ 'v2 challenger': 80, 'v1 champion': 40 });
});

test('in bake the challenger answers everything, and the champion stays loaded', async () => {
  const { follower, predict, send } = await trialOf({ version: 'v2', share: 1, mode: 'bake' });
  const { body } = await predict({ instances });
  expect(new Set(body.predictions.map(({ version }) => version))).toEqual(new Set(['v2']));
  expect(follower.loaded()).toEqual(['meter/v1/v1', 'meter/v2/v2']);
  expect(await (await send('/v1/models/meter')).json()).toMatchObject({
    model_version_status: [
      { role: 'champion', share: 0 },
      { role: 'challenger', share: 1 },
    ],
  });
});

test('in shadow the answer does not wait for the copy, whose answer is dropped and counted', async () => {
  const { counted, held, messages, predict } = await trialOf({ version: 'v2', share: 1, mode: 'shadow' });
  let letGo = () => {};
  held.set('v2', new Promise((resolve) => (letGo = resolve)));
  const { body } = await predict({ instances });
  expect(new Set(body.predictions.map(({ version }) => version))).toEqual(new Set(['v1']));
  expect(await counted('requests')).toEqual({ 'v1 champion 200': 1 });
  letGo();
  await expect.poll(() => counted('instances')).toEqual({ 'v1 champion': 40, 'v2 shadow': 40 });
  expect(await counted('requests')).toEqual({ 'v1 champion 200': 1, 'v2 shadow 200': 1 });
  expect(messages.predictions).toHaveLength(40);
});

test('errors and spoilt answers of a shadow are counted and hurt nobody', async () => {
  const { counted, failing, spoilt, predict } = await trialOf({ version: 'v2', share: 1, mode: 'shadow' });
  spoilt.add('v2');
  expect((await predict({ instances })).status).toBe(200);
  await expect.poll(() => counted('invalidOutputs')).toEqual({ 'v2 shadow': 40 });
  failing.add('v2');
  expect((await predict({ instances })).status).toBe(200);
  await expect.poll(() => counted('requests')).toEqual({ 'v1 champion 200': 2, 'v2 shadow 500': 2 });
});

test('a shadow that is behind is shown no more than it can owe, and what it missed is counted', async () => {
  const { counted, held, predict } = await trialOf({ version: 'v2', share: 1, mode: 'shadow' });
  let letGo = () => {};
  held.set('v2', new Promise((resolve) => (letGo = resolve)));
  for (let i = 0; i < 8; i += 1) expect((await predict({ instances })).status).toBe(200);
  expect(await counted('shadowDropped')).toEqual({ v2: 80 });
  letGo();
  await expect.poll(() => counted('instances')).toEqual({ 'v1 champion': 320, 'v2 shadow': 240 });
});
test('who asks for a version by name takes no part in its trial', async () => {
  const { counted, post } = await trialOf({ version: 'v2', share: 0.5, mode: 'canary' });
  const { body } = await post('/v1/models/meter/versions/v2:predict', { instances });
  expect(new Set(body.predictions.map(({ version }) => version))).toEqual(new Set(['v2']));
  expect(await counted('requests')).toEqual({ 'v2 named 200': 1 });
});

test('entities are counted once a step, well answered or not, in the two samples and nowhere else', async () => {
  const trial = { version: 'v2', share: 0.5, mode: 'canary' } as const;
  const { counted, failing, follower, predict, world } = await trialOf(trial, { entity: true });
  const households = Array.from({ length: 30 }, (_, i) => `household-${i}`);
  const askAll = async () => {
    for (const household of households) await predict({ instances: [{}, {}], context: { household } });
    const units = await counted('trialUnits');
    return [units['v2 challenger'] ?? 0, units['v1 baseline'] ?? 0] as const;
  };
  const [ours, theirs] = await askAll();
  expect(ours + theirs).toBe(households.length);
  expect(Math.min(ours, theirs)).toBeGreaterThan(5);
  failing.add('v2');
  expect(await askAll()).toEqual([ours, theirs]);

  // A step further on: the challenger has kept its entities, and everybody is new.
  world.route('v1', { ...trial, share: 0.6 });
  await follower.lookNow();
  const [oursThen, theirsThen] = await askAll();
  expect(oursThen).toBeGreaterThanOrEqual(2 * ours);
  expect(theirsThen).toBeGreaterThan(theirs);

  // Without an entity each instance is drawn.
  await predict({ instances });
  const units = await counted('trialUnits');
  const grown = units['v2 challenger']! + units['v1 baseline']! - oursThen - theirsThen;
  expect(grown).toBeGreaterThan(20);
  await predict({ instances: [{}], context: { household: 'household-0' } }, 'meter/versions/v2');
  expect(await counted('trialUnits')).toEqual(units);
});

test('a model without an entity has no units: its requests are compared', async () => {
  const { counted, predict } = await trialOf({ version: 'v2', share: 0.5, mode: 'canary' });
  await predict({ instances });
  expect(await counted('trialUnits')).toEqual({});
});
