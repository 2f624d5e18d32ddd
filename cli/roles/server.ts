import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { collectDefaultMetrics } from 'prom-client';
import { DriftloopError } from '../../domain/errors.ts';
import type { MessageLog } from '../../domain/ports.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { openArtifacts } from '../artifact-store.ts';
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
import { LogUnreachable } from '../../serving/publisher.ts';
import { openSpoolFiles } from '../../serving/spool/spool-files.ts';
import { createSpooledLog } from '../../serving/spool/spooled-log.ts';
import type { Environment } from '../environment.ts';
import { openDoorkeeper } from '../people.ts';
import { claimSpool } from './claim-spool.ts';
import { kafkaLog } from './kafka-log.ts';
import type { StartRole } from './role.ts';
import { sayLocalUser } from './say-local-user.ts';
import { traceServing } from './trace-serving.ts';

/** Beside the artifacts, which installations may share: each has names of its own. */
function besideArtifacts({ artifacts, namespace, databaseUrl }: Environment, what: string): string {
  const { host, pathname } = new URL(databaseUrl);
  const installation = createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 8);
  return path.join(artifacts, '..', `${what}-${namespace}-${installation}`);
}

/** Machines may share the artifacts, too; no two of them write to one spool. */
const spoolRoot = (environment: Environment): string =>
  process.env['DRIFTLOOP_SPOOL'] ?? path.join(besideArtifacts(environment, 'spool'), hostname());

const SPOOL_MB = 1_024;
function spoolBytes(): number {
  const given = process.env['DRIFTLOOP_SPOOL_MB'];
  const megabytes = given === undefined ? SPOOL_MB : Number(given);
  if (megabytes > 0) return megabytes * 1e6;
  throw new DriftloopError(
    'DL_ENVIRONMENT_INVALID',
    `DRIFTLOOP_SPOOL_MB is "${given}"; it is a number above zero.`,
    { fix: `Set it to megabytes of disk, or unset it for ${SPOOL_MB}.` },
  );
}

/** A prediction does not wait for the database each time; a token that was revoked is heard no longer than this. */
const REMEMBER_TOKENS_MS = 10_000;

/** Predict and feedback over HTTP. */
export const start: StartRole = async ({ environment, log, libraryLog, tracing, waitFor, beside }) => {
  const predictor = createPredictor();
  const traces = tracing === null ? null : await traceServing(tracing, environment);
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
    artifacts: openArtifacts(environment),
    file: process.env['DRIFTLOOP_ROUTE_FILE'] ?? `${besideArtifacts(environment, 'routes')}.json`,
    log,
    subscribe: (look) => listenForRoutes(environment, look),
  });
  // It answers without Kafka, too: predictions and feedback wait on the disk until it is there.
  let brokers: Awaited<ReturnType<typeof createMessageLog>> | null = null;
  const reached = waitFor(
    'Kafka',
    async () => {
      await reachKafka(environment.kafka);
      return await createMessageLog({
        kafka: environment.kafka,
        namespace: environment.namespace,
        log: kafkaLog(log, libraryLog),
        ...(traces === null ? {} : { traces: traces.messages }),
      });
    },
    { isNeeded: false },
  );
  beside(reached.then((open) => (brokers = open)));
  const inKafka = async (publish: (messages: MessageLog) => Promise<void>): Promise<void> => {
    if (brokers === null) throw new LogUnreachable('Kafka has not been reached yet', null);
    await publish(brokers);
  };
  const messages = createSpooledLog({
    messages: {
      publishPredictions: (batch) => inKafka((kafka) => kafka.publishPredictions(batch)),
      publishFeedback: (batch) => inKafka((kafka) => kafka.publishFeedback(batch)),
    },
    files: await openSpoolFiles({
      folder: await claimSpool(spoolRoot(environment)),
      onDamaged: (file) => log.error({ file }, 'a file of the spool was damaged'),
    }),
    log,
    ...(traces === null ? {} : { traces: traces.messages }),
    maxBytes: spoolBytes(),
  });
  messages.start();
  await follower.start();
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
    spool: messages.standing,
    images: imageTexts,
    doorkeeper,
    metrics,
    log,
    ...(traces === null ? {} : { traces }),
  });
  return {
    app,
    async stop() {
      await follower.stop();
      await messages.stop();
      await brokers?.close();
      await predictor.close();
      await stores?.close();
    },
  };
};
