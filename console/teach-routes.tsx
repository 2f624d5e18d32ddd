import { Hono } from 'hono';
import { etag } from 'hono/etag';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { v4 as uuid } from 'uuid';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import { imageOf } from '../domain/input.ts';
import { mayDo } from '../domain/person.ts';
import type { ModelStore, RunStore } from '../domain/ports.ts';
import { labelStudioTasks } from '../domain/label-studio.ts';
import { readTeachAnswers } from '../domain/teach-answer.ts';
import { reasons } from '../domain/teach.ts';
import type { TeachStore } from '../domain/teach.ts';
import { notFound, wholeDocument } from './answer-problem.tsx';
import { readBody } from './api.ts';
import type { ModelView } from './model-view.ts';
import { clockOf, frameOf, readerOf, seenBy } from './page-frame.ts';
import type { PageContext } from './page-frame.ts';
import { Page } from './pages/layout.tsx';
import type { Links } from './pages/layout.tsx';
import { TeachFleetPage, TeachPage } from './pages/teach-page.tsx';
import type { SharedFleet } from './shared-fleet.ts';
import { railMs } from './shared-fleet.ts';
import type { ConsoleEnv } from './session.ts';
import { reasonMarks, sayQueues } from './teach-sentences.ts';
import { teachView } from './teach-view.ts';
import type { Order } from './teach-view.ts';

export type TeachParts = {
  fleet: SharedFleet;
  models: Pick<ModelStore, 'get'>;
  runs: Pick<RunStore, 'evaluations'>;
  teach: Pick<TeachStore, 'waiting' | 'queue' | 'find' | 'answer' | 'tally'>;
  doorkeeper: Pick<Doorkeeper, 'admit'>;
  links: Links;
  refreshMs: number;
  clock: () => number;
};

/** Rows of a queue that are read for a page. */
const ROWS = 500;
const day = 86_400_000;

/**
 * The label queue: `/teach`, `/models/:name/teach`, and `POST /api/models/:name/labels` for what a device has kept. What is
 * said goes the way of all feedback, from the outbox that `TeachStore` is.
 */
export function createTeachRoutes(parts: TeachParts): Hono<ConsoleEnv> {
  const { fleet, models, runs, teach, doorkeeper, clock } = parts;
  const app = new Hono<ConsoleEnv>();
  app.use('/teach', etag());
  app.use('/models/:name/teach', etag());

  app.get('/teach', async (c) => {
    const views = seenBy(c, await fleet.within(railMs));
    const waiting = await teach.waiting();
    const queues = views.map(({ name }) => {
      const of = waiting.get(name) ?? {};
      return {
        name,
        waiting: reasons.reduce((sum, reason) => sum + (of[reason] ?? 0), 0),
        reasons: reasons
          .filter((reason) => of[reason])
          .map((reason) => `${of[reason]} ${reasonMarks[reason].word}`)
          .join(', '),
      };
    });
    return c.html(
      wholeDocument(
        <Page title="Teach" frame={{ ...frameOf(c, views, null, parts, 'teach'), styles: ['teach.css'] }}>
          <TeachFleetPage
            models={queues.toSorted((a, b) => b.waiting - a.waiting)}
            lede={sayQueues(queues)}
            clock={clockOf(c, clock())}
          />
        </Page>,
      ),
    );
  });

  app.get('/models/:name/teach', (c) => show(c, c.req.param('name'), null));

  app.post('/models/:name/teach', async (c) => {
    const name = c.req.param('name');
    await doorkeeper.admit(c.get('person'), 'teach', name);
    const { config } = await models.get(name);
    const form = await c.req.parseBody({ all: true });
    const at = new Date(clock()).toISOString();
    try {
      const [answer] = readTeachAnswers(config.task, { answers: [{ ...answerOf(form), at }] });
      const [taken] = await teach.answer(name, c.get('person'), [answer!]);
      if (taken === 'gone') throw gone(answer!.predictionId);
      const to = new URLSearchParams({
        ...(form['order'] === 'newest' ? { order: 'newest' } : {}),
        ...(answer!.kind === 'undo'
          ? { row: answer!.predictionId }
          : { said: `${answer!.id} ${answer!.predictionId}` }),
      });
      return c.redirect(`/models/${encodeURIComponent(name)}/teach?${to.toString()}`, 303);
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return show(c, name, error);
    }
  });

  app.post('/api/models/:name/labels', async (c) => {
    const name = c.req.param('name');
    await doorkeeper.admit(c.get('person'), 'teach', name);
    const { config } = await models.get(name);
    const answers = readTeachAnswers(config.task, await readBody(c));
    return c.json({ taken: await teach.answer(name, c.get('person'), answers) });
  });

  app.get('/models/:name/teach/label-studio', async (c) => {
    const name = c.req.param('name');
    await doorkeeper.admit(c.get('person'), 'teach', name);
    const { config } = await models.get(name);
    const rows = await teach.queue(name, c.get('person').name, ROWS);
    c.header('content-disposition', `attachment; filename="${encodeURIComponent(name)}-tasks.json"`);
    return c.json(labelStudioTasks(config, rows));
  });

  app.get('/models/:name/teach/:row/image', async (c) => {
    const { config } = await models.get(c.req.param('name'));
    const feature = imageOf(config.input);
    const [row] = await teach.find(config.name, [uuidOf(c)]);
    const text = feature === null ? undefined : row?.input[feature.name];
    const [, type, data] = /^data:(image\/(?:png|jpeg|webp));base64,(.+)$/s.exec(String(text ?? '')) ?? [];
    if (type === undefined || data === undefined) throw notFound(c.req.path);
    return c.body(Buffer.from(data, 'base64'), 200, {
      'content-type': type,
      'cache-control': 'private, max-age=86400',
    });
  });
  return app;

  async function show(c: PageContext, name: string, problem: DriftloopError | null) {
    const { config } = await models.get(name);
    const person = c.get('person');
    const order: Order = c.req.query('order') === 'newest' ? 'newest' : 'useful';
    const [rows, tally, all] = await Promise.all([
      teach.queue(name, person.name, ROWS),
      teach.tally(name, person.name, new Date(clock() - (clock() % day))),
      fleet.within(railMs),
    ]);
    const views = seenBy(c, all);
    const model = views.find((view) => view.name === name) ?? null;
    const view = teachView({
      config,
      rows,
      order,
      tally,
      held: await heldIn(model, runs),
      champion: model?.champion?.version ?? null,
    });
    const [id, predictionId] = (c.req.query('said') ?? '').split(' ');
    const frame = {
      ...frameOf(c, views, null, parts, 'teach'),
      styles: ['teach.css'] as const,
      scripts: ['teach.js'] as const,
    };
    return c.html(
      wholeDocument(
        <Page title={`Teach ${name}`} frame={frame}>
          <TeachPage
            view={view}
            order={order}
            current={c.req.query('row') ?? null}
            last={id && predictionId ? { id, predictionId } : null}
            mayTeach={mayDo(person, 'teach', name)}
            reader={readerOf(c)}
            clock={clockOf(c, clock())}
            problem={problem}
          />
        </Page>,
      ),
      problem === null ? 200 : (problem.status as ContentfulStatusCode),
    );
  }
}

const uuidOf = (c: PageContext): string => {
  const id = c.req.param('row') ?? '';
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw notFound(c.req.path);
  return id;
};

const gone = (row: string) =>
  new DriftloopError('DL_NOT_ASKED', `Nobody is asked about ${row} any more.`, {
    fix: 'Go on with the next one: what was said meanwhile is kept.',
    status: 409,
  });

/** The newest run whose gate waits for labels. */
async function heldIn(view: ModelView | null, runs: TeachParts['runs']) {
  const run = view?.runs.find(({ outcome, verdict }) => outcome === null && verdict?.kind === 'hold');
  if (run === undefined || run.verdict?.kind !== 'hold' || run.verdict.labelsNeeded <= 0) return null;
  const rows = (await runs.evaluations(run.id)).at(-1)?.rows ?? 0;
  return {
    runId: run.id,
    challenger: run.version ?? 'the challenger',
    rows,
    labelsNeeded: run.verdict.labelsNeeded,
  };
}

/** What a form says: a button is a label, or the kind of an answer whose value stands in a field. */
function answerOf(form: Record<string, unknown>) {
  const { row: predictionId, kind } = form;
  const about = { id: uuid(), predictionId };
  if (typeof form['label'] === 'string') return { ...about, kind: 'label', value: form['label'] };
  switch (kind) {
    case 'other':
      return { ...about, kind: 'label', value: form['other'] };
    case 'labels':
      return { ...about, kind: 'label', value: [form['labels'] ?? []].flat() };
    case 'up':
    case 'down':
      return { ...about, kind: 'rating', value: kind };
    default:
      return { ...about, kind, value: form['value'] };
  }
}
