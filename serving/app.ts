import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { FeedbackMessage, PredictionMessage } from '../domain/messages.ts';
import { everyModel } from '../domain/person.ts';
import type { ImageReader, MessageLog, Predictor } from '../domain/ports.ts';
import type { Writer } from '../domain/writing.ts';
import { answerError, errorHandler, noSuchDoor } from './answer-errors.ts';
import { requireBearer } from './bearer.ts';
import type { ServingEnv } from './bearer.ts';
import { FeedbackInvalid, sortFeedback } from './feedback.ts';
import type { RouteFollower } from './follow-routes.ts';
import { addChatDoors } from './chat/doors.ts';
import { createWrite } from './chat/write-answer.ts';
import { createHealth } from './health.ts';
import { limitBody } from './limit-body.ts';
import { beginAtZero, exportRoutes, exportSpool } from './metrics.ts';
import type { ServingMetrics } from './metrics.ts';
import { createMicroBatcher } from './micro-batch.ts';
import { addOpenInferenceDoors, addOpenInferenceHealth } from './open-inference/doors.ts';
import { openApiDocument } from './openapi/document.ts';
import { createPredict } from './predict.ts';
import { createPublisher } from './publisher.ts';
import type { PublisherLimits } from './publisher.ts';
import { readJson } from './read-json.ts';
import { maySeeStatus } from './see-status.ts';
import type { ServingLog } from './served-routes.ts';
import { tracePublishing } from './serving-traces.ts';
import type { ServingTraces } from './serving-traces.ts';
import { createShadow } from './shadow.ts';
import type { SpoolStanding } from './spool/spooled-log.ts';
import { addTfServingDoors } from './tf-serving/doors.ts';

export type ServingParts = {
  /** Started and stopped by whoever wires the server. */
  follower: RouteFollower;
  predictor: Pick<Predictor, 'predict'> & Writer;
  messages: MessageLog;
  /** How the disk behind the log stands; left out where there is none. */
  spool?: () => SpoolStanding;
  images: ImageReader;
  doorkeeper: Doorkeeper;
  metrics: ServingMetrics;
  log: ServingLog;
  traces?: ServingTraces;
  clock?: () => number;
  limits?: PublisherLimits & {
    bodyBytes?: number;
    batchRows?: number;
    /** Answers that are written at the same time, piece by piece. */
    writingAtOnce?: number;
  };
};

const bodyBytes = 8 * 1024 * 1024;
const writingAtOnce = 32;

/** The model server's doors. Hand it a `Request`; it opens no port. */
export function createServingApp(parts: ServingParts): Hono<ServingEnv> {
  const {
    follower,
    predictor,
    messages,
    spool,
    images,
    doorkeeper,
    metrics,
    log,
    traces,
    clock = Date.now,
    limits = {},
  } = parts;
  const predictions = createPublisher<PredictionMessage>(
    (batch) => messages.publishPredictions(batch),
    limits,
  );
  const feedback = createPublisher<FeedbackMessage>((batch) => messages.publishFeedback(batch), limits);
  const publishing =
    traces === undefined
      ? { predictions: predictions.publish, feedback: feedback.publish }
      : {
          predictions: tracePublishing(traces, 'predictions', predictions.publish),
          feedback: tracePublishing(traces, 'feedback', feedback.publish),
        };
  const batcher = createMicroBatcher(predictor, {
    ...(limits.batchRows === undefined ? {} : { maxRows: limits.batchRows }),
    onBatch: (rows) => metrics.batchRows.observe(rows),
  });
  const predict = createPredict({
    follower,
    batcher,
    shadow: createShadow({ batcher, metrics, clock }),
    publish: publishing.predictions,
    metrics,
    images,
    clock,
  });
  exportRoutes(metrics, follower);
  if (spool !== undefined) exportSpool(metrics, spool);
  const health = createHealth(follower, spool);

  const app = new Hono<ServingEnv>();
  if (traces !== undefined) app.use(traces.requests);
  app.onError(errorHandler(log));
  app.notFound((c) => answerError(c, noSuchDoor(c)));

  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => {
    const problems = health.unready();
    if (problems.length > 0) return c.json({ ready: false, problems }, 503);
    const degraded = health.degraded();
    return c.json({ ready: true, ...(degraded.length === 0 ? {} : { degraded }) });
  });
  app.get('/metrics', async (c) => {
    beginAtZero(metrics, follower);
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });

  addOpenInferenceHealth(app, health);
  app.get('/openapi.json', (c) => c.json(openApiDocument()));

  for (const under of ['/v1/*', '/v2/*']) {
    app.use(under, requireBearer(doorkeeper));
    app.use(under, limitBody(limits.bodyBytes ?? bodyBytes, tooLarge));
  }

  addTfServingDoors(app, { follower, doorkeeper, predict });
  addOpenInferenceDoors(app, { follower, doorkeeper, predict });
  const write = createWrite({
    predict,
    writer: predictor,
    clock,
    atOnce: limits.writingAtOnce ?? writingAtOnce,
  });
  addChatDoors(app, { doorkeeper, write, log });

  app.post('/v1/feedback', async (c) => {
    // Feedback names a prediction, not a model: whoever gives it can reach all of them.
    await doorkeeper.admit(c.get('person'), 'feedback', everyModel);
    const body = await readJson(c);
    const items: unknown[] = Array.isArray(body) ? body : [body];
    const { messages: good, problems } = sortFeedback(items, clock());
    await publishing.feedback(good);
    metrics.feedback.inc({ outcome: 'accepted' }, good.length);
    metrics.feedback.inc({ outcome: 'refused' }, problems.length);
    if (good.length === 0) return answerError(c, new FeedbackInvalid(problems));
    if (problems.length === 0) return c.json({ accepted: good.length });
    const feedbackIds = good.map((message) => message.feedbackId);
    // 207 where some were good: a client that reads the status alone still notices.
    return c.json({ accepted: good.length, feedbackIds, problems }, 207);
  });

  app.get('/v1/models', (c) =>
    c.json({ models: follower.declared().filter((model) => maySeeStatus(c.get('person'), model)) }),
  );
  return app;
}

const tooLarge = (c: Context) =>
  answerError(
    c,
    new DriftloopError('DL_BODY_TOO_LARGE', 'The body is larger than 8 MB.', {
      fix: 'Split the instances over several requests.',
      status: 413,
    }),
  );
