import { onTestFinished } from 'vitest';
import type { AnyOutput } from '../../domain/task.ts';
import type { MessageLog } from '../../domain/ports.ts';
import type { Trial } from '../../domain/version.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { createServingApp } from '../../serving/app.ts';
import { createRouteFollower } from '../../serving/follow-routes.ts';
import { createServingMetrics } from '../../serving/metrics.ts';
import type { ServingTraces } from '../../serving/serving-traces.ts';
import type { SpoolStanding } from '../../serving/spool/spooled-log.ts';
import { fakeMessageLog } from './message-log.ts';
import { fakePeople } from './people.ts';
import { fakePredictor } from './predictor.ts';
import { meterConfig, servingWorld } from './serving-world.ts';

/** The installation's token, and the clock of the server. */
export const token = 'a-token';
export const now = Date.parse('2025-11-17T14:20:00.123Z');

/** Whatever an answer may have. */
export type Json = {
  error: { code: string; message: string; fix: string; problems?: unknown[] };
  predictions: { predictionId: string; label: string; scores: Record<string, number>; version: string }[];
  accepted: number;
  feedbackIds: string[];
  problems: { index: number; code: string; message: string; fix: string }[];
};

/** The real app of the server over a fake predictor, log and registry; v1 is routed. Ends with its test. */
export async function servingApp({
  challenger = null as (Omit<Trial, 'mode'> & Partial<Trial>) | null,
  entity = true,
  routed = true,
  config = meterConfig(),
  answer = null as AnyOutput | null,
  writingAtOnce = 4,
  delayMs = 0,
  log: ownLog = null as MessageLog | null,
  spool = undefined as (() => SpoolStanding) | undefined,
  traces = undefined as ServingTraces | undefined,
} = {}) {
  const { entity: named, ...withoutEntity } = config;
  const world = await servingWorld([entity ? { ...withoutEntity, entity: named! } : withoutEntity]);
  onTestFinished(world.close);
  const { predictor: fake, lose, failing, breaking, spoilt, held, writings } = fakePredictor({ delayMs });
  // A version that answers another task says this to every row.
  const predictor =
    answer === null
      ? fake
      : { ...fake, predict: async (_: string, rows: readonly object[]) => rows.map(() => answer) };
  const { routes, models, artifacts, file, log } = world;
  const follower = createRouteFollower({ routes, models, artifacts, file, log, predictor, pollMs: 60_000 });
  onTestFinished(() => follower.stop());
  if (routed) world.route('v1', challenger);
  const messages = fakeMessageLog();
  const metrics = createServingMetrics('default');
  const people = fakePeople({ token, localUser: null, clock: () => now });
  const app = createServingApp({
    images: imageTexts,
    follower,
    predictor,
    messages: ownLog ?? messages.log,
    ...(spool === undefined ? {} : { spool }),
    ...(traces === undefined ? {} : { traces }),
    doorkeeper: people.doorkeeper,
    metrics,
    log,
    clock: () => now,
    limits: { bodyBytes: 10_000, writingAtOnce },
  });
  const send = (
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ) => app.request(path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await send(path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
  };
  const predict = (body: unknown, model = 'meter') => post(`/v1/models/${model}:predict`, body);
  const versions = { lose, failing, breaking, spoilt, held, writings };
  return { app, people, world, follower, metrics, ...versions, messages, send, post, predict };
}
