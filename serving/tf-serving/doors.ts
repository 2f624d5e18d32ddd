import type { Context, Hono } from 'hono';
import type { Doorkeeper } from '../../domain/doorkeeper.ts';
import { noAnswer, noSuchDoor } from '../answer-errors.ts';
import type { ServingEnv } from '../bearer.ts';
import type { RouteFollower } from '../follow-routes.ts';
import { modelStatus } from '../model-status.ts';
import { routedAs } from '../named-version.ts';
import type { NamedVersion } from '../named-version.ts';
import { outputTensors } from '../output-tensors.ts';
import type { Asked, Predict } from '../predict.ts';
import { readJson } from '../read-json.ts';
import { admitToStatus } from '../see-status.ts';
import { signatureOf } from './metadata.ts';
import { badBody, predictBody, rowsOf } from './predict-body.ts';
import type { PredictBody } from './predict-body.ts';

type Parts = { follower: RouteFollower; doorkeeper: Doorkeeper; predict: Predict };

/**
 * The REST doors of TensorFlow Serving: predict by rows and by columns, of whatever the route chooses, of a version or
 * of a label; status; metadata. Behind the token and the body limit.
 */
export function addTfServingDoors(app: Hono<ServingEnv>, { follower, doorkeeper, predict }: Parts): void {
  const answer = async (c: Context<ServingEnv>, model: string, version?: NamedVersion) => {
    await doorkeeper.admit(c.get('person'), 'predict', model);
    const body = predictBody.safeParse(await readJson(c));
    if (!body.success) throw badBody(body.error);
    const { inputs, context } = body.data;
    const { config, predictions } = await predict(model, {
      rows: rowsIn(body.data),
      ...(context === undefined ? {} : { context }),
      ...(version === undefined ? {} : { version }),
    });
    if (inputs === undefined) return c.json({ predictions });
    const { tensors } = outputTensors(config.task);
    return c.json({
      outputs: Object.fromEntries(tensors.map(({ name, read }) => [name, predictions.map(read)])),
    });
  };
  app.post('/v1/models/:target', (c) => answer(c, targetOf(c, 'target')));
  app.post('/v1/models/:model/versions/:target', (c) =>
    answer(c, c.req.param('model'), { version: targetOf(c, 'target') }),
  );
  app.post('/v1/models/:model/labels/:target', (c) =>
    answer(c, c.req.param('model'), { label: targetOf(c, 'target') }),
  );

  const status = async (c: Context<ServingEnv>, model: string, named?: NamedVersion) => {
    await admitToStatus({ doorkeeper, follower }, c.get('person'), model);
    const said = modelStatus(follower, model);
    if (named === undefined) return c.json(said);
    const arm = routedAs(routeOf(follower, model), named);
    return c.json({ model_version_status: said.model_version_status.filter(({ role }) => role === arm) });
  };
  app.get('/v1/models/:model', (c) => status(c, c.req.param('model')));
  app.get('/v1/models/:model/versions/:version', (c) =>
    status(c, c.req.param('model'), { version: c.req.param('version') }),
  );
  app.get('/v1/models/:model/labels/:label', (c) =>
    status(c, c.req.param('model'), { label: c.req.param('label') }),
  );

  const metadata = async (c: Context<ServingEnv>, model: string, named: NamedVersion) => {
    await admitToStatus({ doorkeeper, follower }, c.get('person'), model);
    const state = follower.stateOf(model);
    const { serving } = state;
    if (serving === null) throw noAnswer(model, state);
    const { version } = serving.route[routedAs(serving.route, named)]!;
    return c.json(signatureOf(serving.config, version));
  };
  app.get('/v1/models/:model/metadata', (c) => metadata(c, c.req.param('model'), { label: 'champion' }));
  app.get('/v1/models/:model/versions/:version/metadata', (c) =>
    metadata(c, c.req.param('model'), { version: c.req.param('version') }),
  );
  app.get('/v1/models/:model/labels/:label/metadata', (c) =>
    metadata(c, c.req.param('model'), { label: c.req.param('label') }),
  );
}

const rowsIn =
  (body: PredictBody): Asked['rows'] =>
  ({ input }) =>
    rowsOf(body, input);

/** What stands before `:predict`; another verb, or none, is no door. */
function targetOf(c: Context<ServingEnv>, name: string): string {
  const [, target] = /^([^:]+):predict$/.exec(c.req.param(name) ?? '') ?? [];
  if (target === undefined) throw noSuchDoor(c);
  return target;
}

/** The route in service, or the one on its way in. Throws DL_NO_CHAMPION. */
function routeOf(follower: RouteFollower, model: string) {
  const state = follower.stateOf(model);
  const route = state.serving?.route ?? state.pending?.route;
  if (route === undefined) throw noAnswer(model, state);
  return route;
}
