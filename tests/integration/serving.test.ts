import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../../client/index.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { createServingApp } from '../../serving/app.ts';
import { createRouteFollower } from '../../serving/follow-routes.ts';
import { createServingMetrics } from '../../serving/metrics.ts';
import { fakeMessageLog } from '../fakes/message-log.ts';
import { fakePredictor } from '../fakes/predictor.ts';
import { servingWorld } from '../fakes/serving-world.ts';
import { fakePeople } from '../fakes/people.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A model server on a free port, over real HTTP; its versions take `delayMs` to load, answer and go. */
async function startServer({ delayMs = 5, acknowledgeMs = 1 } = {}) {
  const world = await servingWorld();
  ends.push(world.close);
  const { predictor } = fakePredictor({ delayMs });
  const { routes, models, artifacts, file, log } = world;
  const follower = createRouteFollower({ routes, models, artifacts, file, log, predictor, pollMs: 10 });
  ends.push(follower.stop);
  const messages = fakeMessageLog({ delayMs: acknowledgeMs });
  const app = createServingApp({
    images: imageTexts,
    follower,
    predictor,
    messages: messages.log,
    doorkeeper: fakePeople({ token: 't', localUser: null }).doorkeeper,
    metrics: createServingMetrics('default'),
    log,
  });
  world.route('v1');
  await follower.start();
  const server = await new Promise<ServerType>((resolve) => {
    const started: ServerType = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
      resolve(started),
    );
  });
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const predict = async (household: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/models/meter:predict`, {
      method: 'POST',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [{ price: 1 }], context: { household } }),
    });
    const body = (await answer.json()) as {
      predictions: { label: string; version: string; predictionId: string }[];
    };
    return { status: answer.status, prediction: body.predictions?.[0] };
  };
  return { world, follower, predictor, messages, predict, server, address: `http://127.0.0.1:${port}` };
}

test('no request fails while the route is swapped twenty times, and each is answered by one whole version', async () => {
  const { world, follower, predictor, messages, predict } = await startServer();
  const done = new AbortController();
  const seen: {
    status: number;
    version: string | undefined;
    label: string | undefined;
    id: string | undefined;
  }[] = [];
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; !done.signal.aborted; i += 1) {
      const { status, prediction } = await predict(`h${client}-${i}`);
      seen.push({
        status,
        version: prediction?.version,
        label: prediction?.label,
        id: prediction?.predictionId,
      });
    }
  });
  for (let k = 2; k <= 21; k += 1) {
    // Half of the swaps are canaries: both arms change.
    world.route(`v${k - 1}`, { version: `v${k}`, share: 0.5 });
    await expect
      .poll(() => follower.stateOf('meter').serving?.route.challenger?.version, { interval: 2 })
      .toBe(`v${k}`);
    world.route(`v${k}`);
    await expect
      .poll(() => follower.stateOf('meter').serving?.route.champion.version, { interval: 2 })
      .toBe(`v${k}`);
  }
  done.abort();
  await Promise.all(clients);
  await follower.settled();

  expect(seen.length).toBeGreaterThan(200);
  expect(seen.filter((s) => s.status !== 200)).toEqual([]);
  // The fake version vN says label "vN": an answer under another version's name would show here.
  expect(seen.filter((s) => s.label !== s.version)).toEqual([]);
  expect(new Set(seen.map((s) => s.version)).size).toBeGreaterThan(15);
  expect(new Set(messages.predictions.map((m) => m.predictionId))).toEqual(new Set(seen.map((s) => s.id)));
  expect(messages.predictions).toHaveLength(seen.length);
  // Nothing of the forty routes is left behind.
  expect(predictor.loaded()).toEqual(['meter/v21/v21']);
});

test('requests at the same time share calls to the brokers', async () => {
  const { messages, predict } = await startServer({ acknowledgeMs: 50 });
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => predict(`h${i}`)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(messages.predictions).toHaveLength(60);
  expect(messages.state.publications).toBeLessThan(20);
});

test('the client asks and tells over real HTTP, batched, and says when nobody is there any more', async () => {
  const { messages, server, address } = await startServer({ delayMs: 0 });
  const client = createClient({ server: address, token: 't', maxPauseMs: 1, batch: { windowMs: 2 } });
  const asked = Array.from({ length: 50 }, (_, i) => client.predict('meter', [{ price: i }]));
  const answers = (await Promise.all(asked)).flat();
  const priceOf = new Map(messages.predictions.map((one) => [one.predictionId, one.input['price']]));
  expect(answers.map(({ predictionId }) => priceOf.get(predictionId))).toEqual(answers.map((_, i) => i));
  const told = answers.map(({ predictionId }) => ({ predictionId, kind: 'label' as const, value: 'UP' }));
  expect((await client.feedback(told)).accepted).toEqual(messages.feedback.map((one) => one.feedbackId));

  await new Promise((resolve) => server.close(resolve));
  await expect(client.predict('meter', [{}])).rejects.toMatchObject({ code: 'DL_SERVER_UNREACHABLE' });
});
