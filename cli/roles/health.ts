import { Hono } from 'hono';

/** Null when all is well, otherwise a sentence that says what is missing. */
export type Readiness = () => Promise<string | null> | string | null;

/** The doors that every role has, without a token: alive, ready, metrics. */
export function healthRoutes(
  readiness: Readiness,
  registry: { metrics(): Promise<string>; contentType: string },
): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'alive' }));
  app.get('/readyz', async (c) => {
    const missing = await Promise.resolve(readiness()).catch((error: unknown) => String(error));
    return missing === null ? c.json({ status: 'ready' }) : c.json({ status: 'not ready', missing }, 503);
  });
  app.get('/metrics', async (c) =>
    c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
  return app;
}
