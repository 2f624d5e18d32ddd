import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import { voterOf } from '../domain/approval.ts';
import type { BoundTo } from '../domain/approval.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import { DriftloopError, ourError } from '../domain/errors.ts';
import { mayDo } from '../domain/person.ts';
import type { Person } from '../domain/person.ts';
import type { Loop, ModelStore, RunStore } from '../domain/ports.ts';
import { rightToSteer } from '../domain/rollout.ts';
import type { Steering } from '../domain/rollout.ts';
import { sayToRollout } from '../domain/steer-rollout.ts';
import { isWaiting } from '../domain/run.ts';
import { notWaiting, reasonNeeded } from '../domain/run-refusals.ts';
import type { Gather } from './gather.ts';
import { beginOf, chooseRange } from './pages/ranges.ts';
import type { ConsoleEnv } from './session.ts';

export type ActionParts = {
  loop: Pick<Loop, 'requestRun' | 'decide' | 'force' | 'pause' | 'resume' | 'steer' | 'rollout'>;
  runs: Pick<RunStore, 'get' | 'evaluations'>;
  models: Pick<ModelStore, 'get'>;
  doorkeeper: Pick<Doorkeeper, 'admit' | 'refused'>;
};

const said = z.object({ reason: z.string().trim().max(500).default('') });
export type Said = z.infer<typeof said>;

/** Why somebody asks, from a form or from JSON; it may be missing. Who asks is known, and never read from a body. */
export function readSaid(fields: unknown): Said {
  const parsed = said.safeParse(fields ?? {});
  if (parsed.success) return parsed.data;
  throw requestInvalid(parsed.error, 'Send { "reason": one sentence }.');
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

const unheard: ReadonlySet<ErrorCode> = new Set([
  'DL_RUN_NOT_WAITING',
  'DL_RUN_NOT_HELD',
  'DL_REASON_NEEDED',
  'DL_REQUEST_INVALID',
]);

/** What a person can do here. The pages and the JSON API share it; each throws what the person should read. */
export function createActions({ loop, runs, models, doorkeeper }: ActionParts) {
  /** What never comes to a run, or to one that did not ask, is written down by nobody else. */
  const noted = async (
    person: Person,
    { id, model }: { id: string | null; model: string },
    error: unknown,
  ): Promise<unknown> => {
    const known = ourError(error);
    if (known !== null && unheard.has(known.code)) {
      const { name: by, via } = person;
      await doorkeeper.refused({ by, via, model, subject: id, refused: known.code });
    }
    return error;
  };
  return {
    async decide(
      person: Person,
      runId: string,
      kind: 'approve' | 'reject',
      { reason }: Said,
      boundTo: BoundTo | null,
    ): Promise<void> {
      const run = await runs.get(runId);
      await doorkeeper.admit(person, 'decide', run.model);
      if (!isWaiting(run)) throw await noted(person, run, notWaiting(runId));
      if (kind === 'reject' && reason === '') throw await noted(person, run, reasonNeeded('A rejection'));
      if (kind === 'approve' && boundTo === null) throw await noted(person, run, boundToNeeded(runId));
      const { name: by, roles } = voterOf(person, run.model);
      const answer = { kind, by, via: person.via, roles, reason, ...(boundTo === null ? {} : { boundTo }) };
      await loop.decide(run, answer).catch(async (error: unknown) => {
        throw await noted(person, run, error);
      });
    },
    /** Against a gate that holds. */
    async force(person: Person, runId: string, { reason }: Said): Promise<void> {
      const run = await runs.get(runId);
      await doorkeeper.admit(person, 'force', run.model);
      if (reason === '') throw await noted(person, run, reasonNeeded('A forced decision'));
      await loop.force(run, { by: person.name, via: person.via, reason }).catch(async (error: unknown) => {
        throw await noted(person, run, error);
      });
    },
    async startRun(person: Person, model: string, { reason }: Said): Promise<{ runId: string }> {
      await doorkeeper.admit(person, 'start', model);
      await models.get(model);
      const { name: by, via } = person;
      return loop.requestRun(model, { by, via, reason: reason === '' ? `asked for by ${by}` : reason });
    },
    /** A word to the rollout that goes on; `runId` is the run that it is meant for. */
    async steer(
      person: Person,
      model: string,
      { kind, reason, runId }: Said & { kind: Steering['kind']; runId?: string },
    ): Promise<{ runId: string; version: string }> {
      await doorkeeper.admit(person, rightToSteer[kind], model);
      await models.get(model);
      if (reason === '' && (kind === 'abort' || kind === 'skip'))
        throw await noted(
          person,
          { id: runId ?? null, model },
          reasonNeeded(kind === 'abort' ? 'An abort' : 'A skipped phase'),
        );
      const word = { kind, by: person.name, via: person.via, reason: reason === '' ? null : reason };
      const { runId: heard, version } = await sayToRollout(loop, model, {
        ...word,
        ...(runId === undefined ? {} : { runId }),
      });
      return { runId: heard, version };
    },
    async pause(person: Person, model: string): Promise<void> {
      await doorkeeper.admit(person, 'pause', model);
      await models.get(model);
      await loop.pause(model, person.name, person.via);
    },
    async resume(person: Person, model: string): Promise<void> {
      await doorkeeper.admit(person, 'resume', model);
      await models.get(model);
      await loop.resume(model, person.name, person.via);
    },
  };
}

const boundToNeeded = (runId: string) =>
  new DriftloopError('DL_REQUEST_INVALID', 'boundTo: is missing: an approval holds for what was read.', {
    fix: `Send boundTo as it stands in GET /api/runs/${runId} under approval.`,
  });

export { reasonNeeded };
export type Actions = ReturnType<typeof createActions>;

/** The same data as the pages, for programs. */
export function createApi(
  gather: Gather,
  actions: Actions,
  runs: ActionParts['runs'],
  clock: () => number,
): Hono<ConsoleEnv> {
  const api = new Hono<ConsoleEnv>();
  api.get('/models', async (c) => {
    const fleet = await gather.fleet();
    return c.json({ models: fleet.filter(({ name }) => mayDo(c.get('person'), 'view', name)) });
  });
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
  api.get('/runs/:id/dossier', async (c) => c.json(await gather.dossier(c.req.param('id'))));
  for (const kind of ['approve', 'reject'] as const)
    api.post(`/runs/:id/${kind}`, async (c) => {
      const id = c.req.param('id');
      const body = await readBody(c);
      await actions.decide(c.get('person'), id, kind, readSaid(body), readBoundTo(body));
      return c.json({ decided: kind, runId: id });
    });
  api.post('/runs/:id/force', async (c) => {
    const id = c.req.param('id');
    await actions.force(c.get('person'), id, readSaid(await readBody(c)));
    return c.json({ forced: true, runId: id });
  });
  api.post('/models/:name/runs', async (c) =>
    c.json(await actions.startRun(c.get('person'), c.req.param('name'), readSaid(await readBody(c))), 202),
  );
  for (const verb of ['pause', 'resume'] as const)
    api.post(`/models/:name/${verb}`, async (c) => {
      await actions[verb](c.get('person'), c.req.param('name'));
      return c.json({ model: c.req.param('name'), paused: verb === 'pause' });
    });
  return api;
}

/** A body as JSON; nothing is an empty object. */
export async function readBody(c: Context): Promise<unknown> {
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
