import type { Context, Hono } from 'hono';
import type { Doorkeeper } from '../../domain/doorkeeper.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { noAnswer } from '../answer-errors.ts';
import type { ServingEnv } from '../bearer.ts';
import type { RouteFollower } from '../follow-routes.ts';
import type { Health } from '../health.ts';
import { modelStatus } from '../model-status.ts';
import { routedAs } from '../named-version.ts';
import type { OutputTensor } from '../output-tensors.ts';
import type { Predict, Prediction } from '../predict.ts';
import { readJson } from '../read-json.ts';
import { release } from '../release.ts';
import { admitToStatus } from '../see-status.ts';
import { describeModel, wantedOutputs } from './describe-model.ts';
import { badInfer, binaryTensors, contextOf, inferBody } from './infer-body.ts';
import { rowsOfTensors } from './read-tensors.ts';

type Parts = { follower: RouteFollower; doorkeeper: Doorkeeper; predict: Predict };
type Door = (c: Context<ServingEnv>) => Promise<Response>;

/** The health of the Open Inference Protocol. It asks for no token: judge by the status, bodies differ among servers. */
export function addOpenInferenceHealth(app: Hono<ServingEnv>, health: Pick<Health, 'unready'>): void {
  app.get('/v2/health/live', (c) => c.json({ live: true }));
  app.get('/v2/health/ready', (c) => {
    const ready = health.unready().length === 0;
    return c.json({ live: true, ready }, ready ? 200 : 503);
  });
}

/** The Open Inference Protocol (version 2, REST), behind the token and the body limit: metadata, readiness, inference. */
export function addOpenInferenceDoors(app: Hono<ServingEnv>, parts: Parts): void {
  const { follower, doorkeeper, predict } = parts;

  const server = (c: Context) => c.json({ name: 'driftloop', version: release(), extensions: [] });
  app.get('/v2', server);
  app.get('/v2/', server);

  const describe: Door = async (c) => {
    const { model, version } = asked(c);
    await admitToStatus(parts, c.get('person'), model);
    const state = follower.stateOf(model);
    const { serving } = state;
    if (serving === null) throw noAnswer(model, state);
    if (version !== undefined) routedAs(serving.route, { version });
    const { champion, challenger } = serving.route;
    const versions = [champion, challenger].flatMap((routed) => routed?.version ?? []);
    return c.json(describeModel(serving.config, versions));
  };
  const readiness: Door = async (c) => {
    const { model, version } = asked(c);
    await admitToStatus(parts, c.get('person'), model);
    const { serving } = follower.stateOf(model);
    const arm = serving === null || version === undefined ? 'champion' : routedAs(serving.route, { version });
    const { model_version_status: versions } = modelStatus(follower, model);
    const ready =
      serving !== null && versions.some(({ role, state }) => role === arm && state === 'AVAILABLE');
    return c.json({ name: model, ready }, ready ? 200 : 503);
  };
  const infer: Door = async (c) => {
    const { model, version } = asked(c);
    await doorkeeper.admit(c.get('person'), 'predict', model);
    if (c.req.header('inference-header-content-length') !== undefined) throw binaryTensors();
    const body = inferBody.safeParse(await readJson(c));
    if (!body.success) throw badInfer(body.error);
    const context = contextOf(body.data);
    const read = (config: ModelConfig) => {
      wantedOutputs(config, body.data.outputs);
      return rowsOfTensors(config, body.data.inputs);
    };
    const { config, predictions } = await predict(model, {
      rows: read,
      ...(context === undefined ? {} : { context }),
      ...(version === undefined ? {} : { version: { version } }),
    });
    const versions = new Set(predictions.map((answer) => answer.version));
    return c.json({
      model_name: model,
      // In a canary the rows of one request may be answered by two versions; the output `version` has that of each.
      ...(versions.size === 1 ? { model_version: [...versions][0] } : {}),
      ...(body.data.id === undefined ? {} : { id: body.data.id }),
      outputs: wantedOutputs(config, body.data.outputs).map((tensor) => written(tensor, predictions)),
    });
  };
  for (const named of ['', '/versions/:version']) {
    app.get(`/v2/models/:model${named}`, describe);
    app.get(`/v2/models/:model${named}/ready`, readiness);
    app.post(`/v2/models/:model${named}/infer`, infer);
  }
}

const asked = (c: Context<ServingEnv>) => ({
  model: c.req.param('model') ?? '',
  version: c.req.param('version'),
});

/** A tensor of all rows, flat in row-major order. */
const written = (
  { name, datatype, shape: [, ...sides], read }: OutputTensor,
  answers: readonly Prediction[],
) => ({
  name,
  datatype,
  shape: [answers.length, ...sides],
  data: answers.flatMap(read),
});
