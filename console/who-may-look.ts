import { Hono } from 'hono';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import type { RunStore } from '../domain/ports.ts';
import type { ConsoleEnv } from './session.ts';

/**
 * Whatever lies under a model or a run is for those who may see that model, a route that is added later too. What is
 * done there asks for more rights of its own.
 */
export function admitViewers({
  doorkeeper,
  runs,
}: {
  doorkeeper: Pick<Doorkeeper, 'admit'>;
  runs: Pick<RunStore, 'get'>;
}): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  for (const under of ['', '/api']) {
    app.use(`${under}/models/:name/*`, async (c, next) => {
      await doorkeeper.admit(c.get('person'), 'view', c.req.param('name'));
      await next();
    });
    app.use(`${under}/runs/:id/*`, async (c, next) => {
      const { model } = await runs.get(c.req.param('id'));
      await doorkeeper.admit(c.get('person'), 'view', model);
      await next();
    });
  }
  return app;
}
