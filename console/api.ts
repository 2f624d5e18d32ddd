import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import { voterOf } from '../domain/approval.ts';
import type { BoundTo } from '../domain/approval.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { Loop, ModelStore, RunStore } from '../domain/ports.ts';
import { everyModel } from '../domain/person.ts';
import type { Person } from '../domain/person.ts';
import { notWaiting } from '../domain/run-refusals.ts';
import type { Gather } from './gather.ts';
import { beginOf, chooseRange } from './pages/ranges.ts';
import type { ConsoleEnv } from './session.ts';

export type ActionParts = {
  loop: Pick<Loop, 'requestRun' | 'decide' | 'pause' | 'resume'>;
  runs: Pick<RunStore, 'get' | 'evaluations'>;
  models: Pick<ModelStore, 'get'>;
};

const said = z.object({
  by: z.string().trim().min(1).max(80).default('console'),
  reason: z.string().trim().max(500).default(''),
});
export type Said = z.infer<typeof said>;

/** Who asks and why, from a form or from JSON; both may be missing. */
export function readSaid(fields: unknown): Said {
  const parsed = said.safeParse(fields ?? {});
  if (parsed.success) return parsed.data;
  throw requestInvalid(parsed.error, 'Send { "by": who asks, "reason": one sentence }.');
}

const digest = z.string().max(200);
const bound = z.object({
  boundTo: z
    .object({
      artifact: digest.nullable(),
      report: digest.nullable(),
      test: digest.nullable(),
      policy: digest,
    })
    .nullable()
    .default(null),
});

/** What a decision was made on. */
export function readBoundTo(fields: unknown): BoundTo | null {
  const parsed = bound.safeParse(fields ?? {});
  if (parsed.success) return parsed.data.boundTo;
  throw requestInvalid(
    parsed.error,
    'Send { "boundTo": { "artifact", "report", "test", "policy" } } as it was read.',
  );
}

const requestInvalid = ({ issues }: z.ZodError, fix: string) =>
  new DriftloopError(
    'DL_REQUEST_INVALID',
    issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    { fix },
  );

/** Whoever has the installation's token is its admin. */
const machine = (name: string): Person => ({
  name,
  via: 'token',
  grants: [{ role: 'admin', model: everyModel }],
});

/** What a person can do here. The pages and the JSON API share it; each throws what the person should read. */
export const createActions = ({ loop, runs, models }: ActionParts) => ({
  async decide(
    runId: string,
    kind: 'approve' | 'reject',
    { by, reason }: Said,
    boundTo: BoundTo | null,
  ): Promise<void> {
    const run = await runs.get(runId);
    if (run.phase !== 'waiting-for-approval' || run.outcome !== null) throw notWaiting(runId);
    if (kind === 'reject' && reason === '')
      throw new DriftloopError('DL_REASON_NEEDED', 'A rejection needs a reason.', {
        fix: 'Say in one sentence why, for whoever reads it in a year.',
      });
    if (kind === 'approve' && boundTo === null)
      throw new DriftloopError(
        'DL_REQUEST_INVALID',
        'boundTo: is missing: an approval holds for what was read.',
        {
          fix: `Send boundTo as it stands in GET /api/runs/${runId} under approval.`,
        },
      );
    const { roles } = voterOf(machine(by), run.model);
    await loop.decide(run, { kind, by, roles, reason, ...(boundTo === null ? {} : { boundTo }) });
  },
  async startRun(model: string, { by, reason }: Said): Promise<{ runId: string }> {
    await models.get(model);
    return loop.requestRun(model, { by, reason: reason === '' ? `asked for by ${by}` : reason });
  },
  async pause(model: string, { by }: Said): Promise<void> {
    await models.get(model);
    await loop.pause(model, by);
  },
  async resume(model: string, { by }: Said): Promise<void> {
    await models.get(model);
    await loop.resume(model, by);
  },
});
export type Actions = ReturnType<typeof createActions>;

/** The same data as the pages, for programs. */
export function createApi(
  gather: Gather,
  actions: Actions,
  runs: ActionParts['runs'],
  clock: () => number,
): Hono<ConsoleEnv> {
  const api = new Hono<ConsoleEnv>();
  api.get('/models', async (c) => c.json({ models: await gather.fleet() }));
  api.get('/models/:name', async (c) => c.json(await gather.model(c.req.param('name'))));
  api.get('/models/:name/history', async (c) => {
    const view = await gather.model(c.req.param('name'));
    const born = view.versions.at(-1)?.createdAt;
    const now = clock();
    const range = chooseRange(c.req.query('range'), born, now);
    const stretch = { from: beginOf(range, born, now), to: now };
    const [history, happened] = await Promise.all([
      gather.history(view, stretch),
      gather.happened(view.name, stretch),
    ]);
    return c.json({ history, happened });
  });
  api.get('/runs/:id', async (c) => {
    const id = c.req.param('id');
    return c.json({ ...(await gather.run(id)), evaluations: await runs.evaluations(id) });
  });
  for (const kind of ['approve', 'reject'] as const)
    api.post(`/runs/:id/${kind}`, async (c) => {
      const id = c.req.param('id');
      const body = await readBody(c);
      await actions.decide(id, kind, readSaid(body), readBoundTo(body));
      return c.json({ decided: kind, runId: id });
    });
  api.post('/models/:name/runs', async (c) =>
    c.json(await actions.startRun(c.req.param('name'), readSaid(await readBody(c))), 202),
  );
  for (const verb of ['pause', 'resume'] as const)
    api.post(`/models/:name/${verb}`, async (c) => {
      await actions[verb](c.req.param('name'), readSaid(await readBody(c)));
      return c.json({ model: c.req.param('name'), paused: verb === 'pause' });
    });
  return api;
}

async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DriftloopError('DL_BODY_NOT_JSON', 'The body is not JSON.', {
      fix: 'Send a JSON object, or nothing.',
      cause: error,
    });
  }
}
