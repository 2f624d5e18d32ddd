import { v7 as uuidv7 } from 'uuid';
import { checkInstances } from '../domain/check-instance.ts';
import { entityOf } from '../domain/entity.ts';
import type { PredictionMessage } from '../domain/messages.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ImageReader } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';
import { asDriftloopError, noChampion, notYetRead, unknownModel } from './answer-errors.ts';
import { chooseArm } from './choose-arm.ts';
import type { Arm } from './choose-arm.ts';
import { fitImages } from './fit-images.ts';
import type { RouteFollower } from './follow-routes.ts';
import type { ServingMetrics } from './metrics.ts';
import type { MicroBatcher } from './micro-batch.ts';
import { serveOnly } from './named-version.ts';
import type { NamedVersion } from './named-version.ts';
import type { Serving } from './served-routes.ts';

/** What is asked of a model: rows as its config of this moment names them. */
export type Asked = {
  /** Throws what is wrong with the request. */
  rows: (config: ModelConfig) => readonly unknown[];
  context?: Readonly<Record<string, unknown>>;
  /** Answered by this version and no other; left out, the route chooses. */
  version?: NamedVersion;
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
  publish: (messages: readonly PredictionMessage[]) => Promise<void>;
  metrics: ServingMetrics;
  images: ImageReader;
  clock: () => number;
};

/**
 * Answers the instances of one request and returns when the answers are in the log. The route is held for the whole
 * request, so that a swap in the middle changes nothing for it.
 */
export function createPredict({ follower, batcher, publish, metrics, images, clock }: Parts): Predict {
  return async (model, asked) => {
    const startedAt = clock();
    const held = follower.acquire(model);
    if (held === undefined) {
      const problem = follower.stateOf(model).pending?.problem ?? null;
      const known = follower.isDeclared(model);
      const isKnowable = known || !follower.hasRead();
      metrics.requests.inc({ model: known ? model : '', version: '', code: isKnowable ? '503' : '404' });
      if (known) throw noChampion(model, problem);
      throw follower.hasRead() ? unknownModel(model, follower.declared()) : notYetRead();
    }
    const { release } = held;
    let versions: ReadonlySet<string> = new Set(['']);
    try {
      const serving = asked.version === undefined ? held.serving : serveOnly(held.serving, asked.version);
      const questions = await prepare(serving, asked, { images, now: clock() });
      versions = new Set(questions.map(({ version }) => version));
      const messages = await answerByArm(batcher, serving, questions, (version, error) =>
        count(model, [version], asDriftloopError(error).status),
      );
      versions = new Set(messages.map(({ version }) => version));
      await publish(messages);
      count(model, versions, 200);
      for (const { version } of messages) metrics.instances.inc({ model, version });
      return {
        config: serving.config,
        predictions: messages.map(({ predictionId, version, output }) => ({
          predictionId,
          ...output,
          version,
        })),
      };
    } catch (error) {
      count(model, versions, asDriftloopError(error).status);
      throw error;
    } finally {
      release();
      for (const version of versions)
        if (version !== '') metrics.requestSeconds.observe({ model, version }, (clock() - startedAt) / 1_000);
    }
  };

  function count(model: string, versions: Iterable<string>, code: number): void {
    for (const version of versions) metrics.requests.inc({ model, version, code: String(code) });
  }
}

/** A prediction before its answer. */
type Question = Omit<PredictionMessage, 'output'>;

/** Checks the instances, names the predictions, and chooses who answers each of them. */
async function prepare(
  { config, route }: Serving,
  { rows: read, context }: Asked,
  { images, now }: { images: ImageReader; now: number },
): Promise<Question[]> {
  const checked = checkInstances(config.name, config.input, read(config));
  const rows = await fitImages(images, config, checked);
  const entity = entityOf(config, context);
  return rows.map((input) => {
    // The id carries the same time as `at`: from it alone a row finds its time partition.
    const predictionId = uuidv7({ msecs: now });
    return {
      predictionId,
      model: config.name,
      version: route[chooseArm(route, entity ?? predictionId)]!.version,
      input: { ...input },
      ...(context === undefined ? {} : { context }),
      at: new Date(now).toISOString(),
    };
  });
}

/**
 * One call a version, side by side; the answers in the order of the questions. What a challenger fails to answer the
 * champion answers, and only the challenger is blamed: a trial costs nobody an answer.
 */
async function answerByArm(
  batcher: MicroBatcher,
  { keys, route }: Serving,
  asked: readonly Question[],
  onChallengerFailed: (version: string, error: unknown) => void,
): Promise<PredictionMessage[]> {
  const ask = async (arm: Arm, questions: readonly Question[]): Promise<PredictionMessage[]> => {
    const inputs = questions.map(({ input }) => input);
    const outputs = await batcher.predict(keys[arm]!, inputs);
    return questions.map((question, i) => ({ ...question, output: plain(outputs[i]!) }));
  };
  const { champion, challenger } = route;
  const isTrial = ({ version }: Question) => version === challenger?.version;
  const instead = (questions: readonly Question[]) =>
    questions.map((question) => ({ ...question, version: champion.version }));
  const trial = asked.filter(isTrial);
  const answered = await Promise.all([
    ask(
      'champion',
      asked.filter((question) => !isTrial(question)),
    ),
    trial.length === 0
      ? []
      : ask('challenger', trial).catch((error: unknown) => {
          onChallengerFailed(challenger!.version, error);
          return ask('champion', instead(trial));
        }),
  ]);
  const byId = new Map(answered.flat().map((message) => [message.predictionId, message]));
  return asked.map(({ predictionId }) => byId.get(predictionId)!);
}

/** As a message carries it: what is read only here is a copy there. */
const plain = (answer: AnyOutput): PredictionMessage['output'] =>
  'labels' in answer ? { ...answer, labels: [...answer.labels] } : answer;
