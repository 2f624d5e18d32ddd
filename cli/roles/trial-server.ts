import { randomUUID } from 'node:crypto';
import type { Ports, TrialServer } from '../../activities/ports.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ArtifactStore, Predictor } from '../../domain/ports.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { AnyOutput } from '../../domain/task.ts';
import type { Route } from '../../domain/version.ts';
import type { Writer } from '../../domain/writing.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { createServingApp } from '../../serving/app.ts';
import { createRouteFollower } from '../../serving/follow-routes.ts';
import { versionKey } from '../../serving/loaded-versions.ts';
import { createServingMetrics } from '../../serving/metrics.ts';
import { openDoorkeeper } from '../people.ts';

type Parts = {
  artifacts: Pick<ArtifactStore, 'open'>;
  /** A predictor in a process of its own, that has loaded nothing yet: what a server starts with. */
  createPredictor: () => Predictor & Writer;
};

/** What a version is tried in is heard by nobody: no log, no metric, no prediction of it goes anywhere. */
const unheard = { info() {}, warn() {}, error() {} };
const nowhere = async () => {};

/**
 * The model server itself, its doors, route and process, that serves one version alone and is asked without a port. Its
 * only client holds a token that nobody else knows.
 */
export const trialServers =
  ({ artifacts, createPredictor }: Parts): Ports['startServer'] =>
  async ({ config, version, digest }): Promise<TrialServer> => {
    const { name: model } = config;
    const predictor = createPredictor();
    const key = versionKey({ model, version, digest });
    const follower = createRouteFollower({
      routes: { list: async () => [routeTo(model, { version, digest })] },
      models: { list: async () => [{ config, digest: '', paused: false, pausedBy: null }] },
      predictor,
      artifacts,
      file: null,
      log: unheard,
    });
    const close = async () => {
      await follower.stop();
      await predictor.close();
    };
    try {
      // Before it is routed to: what is wrong with it is thrown with its code.
      await predictor.load(key, await artifacts.open(digest));
      await follower.start();
    } catch (error) {
      await close();
      throw error;
    }
    const token = randomUUID();
    const app = createServingApp({
      follower,
      predictor,
      messages: { publishPredictions: nowhere, publishFeedback: nowhere },
      images: imageTexts,
      doorkeeper: openDoorkeeper(
        { token, localUser: null },
        { tokens: { find: async () => null, used: nowhere }, audit: { append: nowhere } },
      ),
      metrics: createServingMetrics('trial'),
      log: unheard,
    });
    return {
      get backend() {
        return predictor.backend;
      },
      ask: async (rows) =>
        read(
          await app.request(`/v1/models/${model}:predict`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ instances: rows satisfies readonly InputRow[] }),
          }),
        ),
      memoryMb: () => predictor.memoryMb(key),
      close,
    };
  };

const routeTo = (model: string, champion: Route['champion']): Route => ({
  model,
  generation: 1,
  champion,
  challenger: null,
  updatedAt: new Date().toISOString(),
});

async function read(answer: Response): ReturnType<TrialServer['ask']> {
  const body = (await answer.json()) as
    | { predictions: AnyOutput[] }
    | { error: { code: string; message: string } };
  if ('predictions' in body) return { outputs: body.predictions };
  const { code, message } = body.error;
  const refusal = `${answer.status} ${code}, ${message}`;
  if (answer.status !== 503) return { refusal };
  throw new DriftloopError('DL_NOT_SERVABLE', `A server that was started for it answers ${refusal}`, {
    fix: 'It is tried again; where it stays so, see what the process of the version says in the log.',
    retryable: true,
  });
}
