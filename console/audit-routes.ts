import { Hono } from 'hono';
import { z } from 'zod';
import type { AuditLog } from '../domain/audit.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import { everyModel } from '../domain/person.ts';
import type { ConsoleEnv } from './session.ts';

const asked = z.object({
  model: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
});

/**
 * `GET /audit?model=…&limit=…`: the newest entries of the audit log, the oldest of them first, each with its hash. For
 * those who may read it and have no database at hand; of one model for whoever may read about that one only.
 */
export function createAuditRoutes({
  audit,
  doorkeeper,
}: {
  audit: Pick<AuditLog, 'list'>;
  doorkeeper: Pick<Doorkeeper, 'admit'>;
}): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/audit', async (c) => {
    const parsed = asked.safeParse(c.req.query());
    if (!parsed.success)
      throw new DriftloopError(
        'DL_REQUEST_INVALID',
        parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
        { fix: 'Ask for ?model=NAME and ?limit= from 1 to 1000; both may be left out.' },
      );
    const { model, limit } = parsed.data;
    await doorkeeper.admit(c.get('person'), 'audit', model ?? everyModel);
    return c.json({ rows: await audit.list({ ...(model === undefined ? {} : { model }), limit }) });
  });
  return app;
}
