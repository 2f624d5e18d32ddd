import { v7 as uuidv7 } from 'uuid';
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
import { OutputInvalid } from '../domain/check-output.ts';
import { answererOf, chooseArm, isShadowed } from './choose-arm.ts';
import type { Arm } from './choose-arm.ts';
import { fitImages } from './fit-images.ts';
import type { RouteFollower } from './follow-routes.ts';
import type { ServingMetrics } from './metrics.ts';
import type { MicroBatcher } from './micro-batch.ts';
import { serveOnly } from './named-version.ts';
import type { NamedVersion } from './named-version.ts';
import type { Serving } from './served-routes.ts';
import type { Shadow } from './shadow.ts';
import { createTrialUnits } from './trial-units.ts';

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
  const countUnits = createTrialUnits((labels, units) => metrics.trialUnits.inc(labels, units));
  const together =
    (config: ModelConfig): AnswerWith =>
    (key, asked) =>
      batcher.predict(
        key,
        asked.map(({ input }) => input),
        answerLimits(config),
      );
  return async (model, asked) => {
    const startedAt = clock();
    /** A request that was routed to no version. */
    const countRefused = (of: string, status: number) =>
      metrics.requests.inc({ model: of, version: '', arm: '', code: String(status) });
    const held = follower.acquire(model);
    if (held === undefined) {
      const known = follower.isDeclared(model);
      const isKnowable = known || !follower.hasRead();
      countRefused(known ? model : '', isKnowable ? 503 : 404);
      if (known) throw noAnswer(model, follower.stateOf(model));
      throw follower.hasRead() ? unknownModel(model, follower.declared()) : notYetRead();
    }
    /** Once for each arm that the request was routed to. */
    const count = (questions: readonly Pick<Question, 'arm' | 'message'>[], status: number) => {
      const { config, route } = held.serving;
      const arms = new Map(questions.map(({ arm, message: { version } }) => [arm, { model, version, arm }]));
      for (const labels of arms.values()) {
        const instances = questions.filter(({ arm }) => arm === labels.arm).length;
        if (config.entity !== undefined)
          countUnits(route, { ...labels, entity: entityOf(config, asked.context), instances });
        metrics.requests.inc({ ...labels, code: String(status) });
        metrics.requestSeconds.observe(labels, (clock() - startedAt) / 1_000);
      }
    };
    const onFailed = (questions: readonly Question[], error: unknown) => {
      count(questions, asDriftloopError(error).status);
      const { message, arm } = questions[0]!;
      if (error instanceof OutputInvalid)
        metrics.invalidOutputs.inc({ model, version: message.version, arm }, error.rows);
    };

    let copied = Promise.resolve();
    try {
      const { serving, questions } = await prepare(held.serving, asked, { images, now: clock() }).catch(
        (error: unknown) => {
          countRefused(model, asDriftloopError(error).status);
          throw error;
        },
      );
      const answered = await answerByArm(
        asked.answerWith ?? together(serving.config),
        serving,
        questions,
        onFailed,
      );
      const messages = answered.map(({ message }) => message);
      await publish(messages).catch((error: unknown) => {
        count(answered, asDriftloopError(error).status);
        throw error;
      });
      count(answered, 200);
      for (const { message, arm } of answered)
        metrics.instances.inc({ model, version: message.version, arm });
      const shown = questions.filter(({ isShadowed }) => isShadowed).map(({ message }) => message.input);
      copied = shadow.copy(serving, shown);
      return {
        config: serving.config,
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
  { images, now }: { images: ImageReader; now: number },
): Promise<{ serving: Serving; questions: (Question & { isShadowed: boolean })[] }> {
  const serving = version === undefined ? held : serveOnly(held, version);
  const { config, route } = serving;
  const checked = checkInstances(config.name, config.input, read(config));
  const rows = await fitImages(images, config, checked);
  const entity = entityOf(config, context);
  const questions = rows.map((input) => {
    // The id carries the same time as `at`: from it alone a row finds its time partition.
    const predictionId = uuidv7({ msecs: now });
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
