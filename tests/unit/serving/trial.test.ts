import { expect, test } from 'vitest';
import type { Trial } from '../../../domain/version.ts';
import { servingApp } from '../../fakes/serving-app.ts';

const instances = Array.from({ length: 40 }, () => ({}));
const trialOf = async (challenger: Trial) => {
  const server = await servingApp({ challenger, entity: false });
  await server.follower.start();
  await server.app.request('/metrics');
  /** What a counter says, by arm and code; counters that say nothing are left out. */
  const counted = async (name: 'requests' | 'instances' | 'invalidOutputs' | 'shadowDropped') =>
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
