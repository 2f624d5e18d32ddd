import { createHash } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { collectDefaultMetrics } from 'prom-client';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { reachKafka } from '../../infra/kafka/reach.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';
import { listenForRoutes } from '../../infra/postgres/route-changes.ts';
import { createPredictor } from '../../infra/trainer.ts';
import { notYetRead } from '../../serving/answer-errors.ts';
import { createServingApp } from '../../serving/app.ts';
import { createRouteFollower } from '../../serving/follow-routes.ts';
import { createServingMetrics } from '../../serving/metrics.ts';
import type { Environment } from '../environment.ts';
import { openDoorkeeper } from '../people.ts';
import { kafkaLog } from './kafka-log.ts';
import type { StartRole } from './role.ts';
import { sayLocalUser } from './say-local-user.ts';

/** Beside the artifacts, which installations may share: each has a file of its own. */
function routeFileOf({ artifacts, namespace, databaseUrl }: Environment): string {
  const { host, pathname } = new URL(databaseUrl);
  const installation = createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 8);
  return path.join(artifacts, '..', `routes-${namespace}-${installation}.json`);
}

/** A prediction does not wait for the database each time; a token that was revoked is heard no longer than this. */
const REMEMBER_TOKENS_MS = 10_000;

/** Predict and feedback over HTTP. */
export const start: StartRole = async ({ environment, log, libraryLog, waitFor, beside }) => {
  const predictor = createPredictor();
  // With the last known routes on disk it answers without Postgres; its schema is checked before anything is read.
  let stores: Stores | null = null;
  const opened = waitFor('PostgreSQL', () => openStores(environment), { isNeeded: false });
  beside(opened.then((open) => (stores = open)));
  const read = async <T>(from: (stores: Stores) => Promise<T>): Promise<T> => {
    if (stores === null) throw notYetRead();
    return await from(stores);
  };
  const metrics = createServingMetrics(environment.namespace);
  collectDefaultMetrics({ register: metrics.registry });
  const follower = createRouteFollower({
    routes: { list: () => read(({ routes }) => routes.list()) },
    models: { list: () => read(({ models }) => models.list()) },
    predictor,
    artifacts: createFolderStore(environment.artifacts),
    file: process.env['DRIFTLOOP_ROUTE_FILE'] ?? routeFileOf(environment),
    log,
    subscribe: (look) => listenForRoutes(environment, look),
  });
  const [messages] = await Promise.all([
    waitFor('Kafka', async () => {
      await reachKafka(environment.kafka);
      return await createMessageLog({ ...environment, log: kafkaLog(log, libraryLog) });
    }),
    follower.start(),
  ]);
  const doorkeeper = openDoorkeeper(environment, {
    tokens: {
      find: (secret) => read(({ tokens }) => tokens.find(secret)),
      used: (id) => read(({ tokens }) => tokens.used(id)),
    },
    audit: { append: (entry) => read(({ audit }) => audit.append(entry)) },
    rememberMs: REMEMBER_TOKENS_MS,
  });
  sayLocalUser(log, environment);
  const app = createServingApp({
    follower,
    predictor,
    messages,
    images: imageTexts,
    doorkeeper,
    metrics,
    log,
  });
  return {
    app,
    async stop() {
      await follower.stop();
      await messages.close();
      await predictor.close();
      await stores?.close();
    },
  };
};
