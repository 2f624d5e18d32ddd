import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createServingClient } from '../../../../cli/demo/http-client.ts';
import { Player } from '../../../../cli/demo/player.ts';
import type { StreamRow } from '../../../../cli/demo/streams/stream.ts';
import { classification } from '../../../../domain/task.ts';

type Seen = { path: string; token: string | undefined; body: unknown; at: number };
let server: Server | undefined;
afterEach(() => server?.close());

/** The smallest server that keeps the contract; `answer` may refuse a request by its number. */
async function fakeServer(options: { isRefused?: (request: number) => boolean; answerMs?: number } = {}) {
  const seen: Seen[] = [];
  let id = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const number = seen.length;
      const body = JSON.parse(text) as { instances?: { x: number }[] };
      seen.push({ path: request.url!, token: request.headers.authorization, body, at: Date.now() });
      setTimeout(() => {
        if (options.isRefused?.(number)) {
          response.writeHead(503).end('{"error":"busy"}');
        } else if (body.instances) {
          const predictions = body.instances.map(({ x }) => ({
            predictionId: `p${(id += 1)}`,
            label: x % 10 === 0 ? 'no' : 'yes',
            version: 'v1',
          }));
          response.end(JSON.stringify({ predictions }));
        } else {
          response.end(JSON.stringify({ accepted: (body as unknown[]).length }));
        }
      }, options.answerMs ?? 0);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createServingClient({
    server: `http://127.0.0.1:${port}`,
    token: 'secret',
    model: 'm',
    source: 'test',
  });
  return { seen, client };
}

const task = classification({ labels: ['yes', 'no'] });

async function* stream(count: number): AsyncIterable<StreamRow> {
  for (let index = 0; index < count; index += 1) yield { index, row: { x: index }, label: 'yes' };
}

test('every row is asked once, in order, and its label follows after the delay', async () => {
  const { seen, client } = await fakeServer();
  const player = new Player({ client, task, pace: 300, labelDelayMs: 250, inFlight: 1 });
  await player.play(stream(120));

  const asked = seen.filter((s) => s.path === '/v1/models/m:predict');
  const told = seen.filter((s) => s.path === '/v1/feedback');
  expect(asked.flatMap((s) => (s.body as { instances: { x: number }[] }).instances.map((i) => i.x))).toEqual(
    Array.from({ length: 120 }, (_, i) => i),
  );
  expect(new Set(seen.map((s) => s.token))).toEqual(new Set(['Bearer secret']));
  const labels = told.flatMap((s) => s.body as { predictionId: string; kind: string; feedbackId: string }[]);
  expect(labels.map((l) => l.predictionId)).toEqual(Array.from({ length: 120 }, (_, i) => `p${i + 1}`));
  expect(new Set(labels.map((l) => l.feedbackId)).size).toBe(120);
  expect(told[0]!.at - asked[0]!.at).toBeGreaterThanOrEqual(245);
  expect(player.tally).toMatchObject({ predictions: 120, feedback: 120, requests: { failed: 0 } });
  expect(player.tally.requests.total).toBe(seen.length);
  expect(player.outcomes.filter((o) => !o.isCorrect).map((o) => o.index)).toEqual([
    0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110,
  ]);
});

test('the pace is kept by a schedule from the start', async () => {
  const { client } = await fakeServer({ answerMs: 30 });
  const player = new Player({ client, task, pace: 200, labelDelayMs: 0 });
  const startedAt = Date.now();
  await player.play(stream(200));
  const last = player.outcomes.at(-1)!;
  expect(last.sentAt - startedAt).toBeGreaterThan(900);
  expect(last.sentAt - startedAt).toBeLessThan(1300);
});

test('a server that is too slow is reported as being behind, and nothing is lost', async () => {
  const { client } = await fakeServer({ answerMs: 100 });
  const player = new Player({ client, task, pace: 2000, labelDelayMs: 0, inFlight: 1, batchRows: 8 });
  await player.play(stream(64));
  expect(player.tally.worstBehindMs).toBeGreaterThan(400);
  expect(player.tally.predictions).toBe(64);
});

test('a refused request counts as failed, is not sent again, and its rows get no label', async () => {
  const { seen, client } = await fakeServer({ isRefused: (number) => number === 1 });
  const player = new Player({ client, task, pace: 1000, labelDelayMs: 400, batchRows: 10, inFlight: 1 });
  await player.play(stream(40));
  expect(player.tally.requests.failed).toBe(1);
  expect(player.tally.lastFailure).toContain('503');
  expect(player.tally.sent).toBe(40);
  expect(player.tally.predictions).toBeLessThan(40);
  expect(player.tally.feedback).toBe(player.tally.predictions);
  const asked = seen.flatMap((s) => (s.body as { instances?: { x: number }[] }).instances ?? []);
  expect(asked).toHaveLength(40);
});

test('after stop no row is sent, and the labels of answered rows still are', async () => {
  const { client } = await fakeServer();
  const player = new Player({
    client,
    task,
    pace: 200,
    labelDelayMs: 50,
    onAnswered: (rows) => {
      if (rows.at(-1)!.index >= 20) player.stop();
    },
  });
  await player.play(stream(1000));
  expect(player.tally.sent).toBeLessThan(100);
  expect(player.tally.feedback).toBe(player.tally.predictions);
});
