import { checkInstances } from '../domain/check-instance.ts';
import { entityOf } from '../domain/entity.ts';
import type { PredictionMessage } from '../domain/messages.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ImageReader } from '../domain/ports.ts';
import { answerLimits } from '../domain/serving-config.ts';
import type { AnyOutput } from '../domain/task.ts';
import { answerByArm } from './answer-by-arm.ts';
import type { AnswerWith, Question } from './answer-by-arm.ts';
import { asDriftloopError, noAnswer, notYetRead, unknownModel } from './answer-errors.ts';
import { answererOf, chooseArm, isShadowed } from './choose-arm.ts';
import type { Arm } from './choose-arm.ts';
import { fitImages } from './fit-images.ts';
import type { RouteFollower } from './follow-routes.ts';
import type { ServingMetrics } from './metrics.ts';
import { createPredictionIds } from './prediction-ids.ts';
import { createCounts } from './request-counts.ts';
import type { MicroBatcher } from './micro-batch.ts';
import { serveOnly } from './named-version.ts';
import type { NamedVersion } from './named-version.ts';
import type { Serving } from './served-routes.ts';
import type { Shadow } from './shadow.ts';

/** What is asked of a model: rows as its config of this moment names them. */
export type Asked = {
  /** Throws what is wrong with the request. */
  rows: (config: ModelConfig) => readonly unknown[];
  context?: Readonly<Record<string, unknown>>;
  /** Answered by this version and no other; left out, the route chooses. */
  version?: NamedVersion;
  /** How a version answers; left out, together with what others ask of it. */
  answerWith?: AnswerWith;
};

export type Prediction = { predictionId: string; version: string } & AnyOutput;

/** The answers, in the order of the rows, and the config by which they were read. */
export type Predict = (
  model: string,
  asked: Asked,
) => Promise<{ config: ModelConfig; predictions: Prediction[] }>;

type Parts = {
  follower: RouteFollower;
  batcher: MicroBatcher;
  shadow: Shadow;
  publish: (messages: readonly PredictionMessage[]) => Promise<void>;
  metrics: ServingMetrics;
  images: ImageReader;
  clock: () => number;
};

/**
 * Answers the instances of one request and returns when the answers are in the log. The route is held for the whole
 * request, so that a swap in the middle changes nothing for it. A version in shadow is shown its copies when the answer
 * is on its way already.
 *
 * What a request needs is made beforehand: a closure that each request makes anew is measurably slower.
 */
export function createPredict({
  follower,
  batcher,
  shadow,
  publish,
  metrics,
  images,
  clock,
}: Parts): Predict {
  const nameOne = createPredictionIds();
  const count = createCounts(metrics, clock);
  const refuse = (model: string): never => {
    const known = follower.isDeclared(model);
    const isKnowable = known || !follower.hasRead();
    count.refused(known ? model : '', isKnowable ? 503 : 404);
    if (known) throw noAnswer(model, follower.stateOf(model));
    throw follower.hasRead() ? unknownModel(model, follower.declared()) : notYetRead();
  };

  return async (model, asked) => {
    const startedAt = clock();
    const held = follower.acquire(model);
    if (held === undefined) return refuse(model);
    const request = { route: held.serving.route, config: held.serving.config, startedAt };
    let copied = Promise.resolve();
    try {
      const { serving, questions } = await prepare(held.serving, asked, {
        images,
        nameOne,
        now: clock(),
      }).catch((error: unknown) => {
        count.refused(model, asDriftloopError(error).status);
        throw error;
      });
      const { config } = serving;
      const answered = await answerByArm(
        asked.answerWith ??
          ((key, rows) =>
            batcher.predict(
              key,
              rows.map(({ input }) => input),
              answerLimits(config),
            )),
        serving,
        questions,
        (failed, error) => count.failed(request, failed, error),
      );
      const messages = answered.map(({ message }) => message);
      await publish(messages).catch((error: unknown) => {
        count.routed(request, answered, asDriftloopError(error).status);
        throw error;
      });
      count.routed(request, answered, 200);
      count.answered(model, answered);
      const shown = questions.filter(({ isShadowed }) => isShadowed).map(({ message }) => message.input);
      copied = shadow.copy(serving, shown);
      return {
        config,
        predictions: messages.map(({ predictionId, version, output }) => ({
          predictionId,
          ...output,
          version,
        })),
      };
    } finally {
      void copied.then(held.release);
    }
  };
}

/** Checks the instances, names the predictions, and chooses who answers each of them. */
async function prepare(
  held: Serving,
  { rows: read, context, version }: Asked,
  { images, nameOne, now }: { images: ImageReader; nameOne: (msecs: number) => string; now: number },
): Promise<{ serving: Serving; questions: (Question & { isShadowed: boolean })[] }> {
  const serving = version === undefined ? held : serveOnly(held, version);
  const { config, route } = serving;
  const checked = checkInstances(config.name, config.input, read(config));
  const rows = await fitImages(images, config, checked);
  const entity = entityOf(config, context);
  const questions = rows.map((input) => {
    // The id carries the same time as `at`.
    const predictionId = nameOne(now);
    const unit = entity ?? predictionId;
    const arm: Arm = version === undefined ? chooseArm(route, unit) : 'named';
    const message = {
      predictionId,
      model: config.name,
      version: route[answererOf(arm)]!.version,
      input: { ...input },
      ...(context === undefined ? {} : { context }),
      at: new Date(now).toISOString(),
    };
    return { message, arm, isShadowed: isShadowed(route, unit) };
  });
  return { serving, questions };
}
