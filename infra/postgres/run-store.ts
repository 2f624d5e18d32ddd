import { and, asc, desc, eq, isNull } from 'drizzle-orm';
import type { EvaluationRow, LookedAt, RunStore } from '../../domain/ports.ts';
import type { CoursePoint, Run } from '../../domain/run.ts';
import { eventOfLine } from '../../domain/story-event.ts';
import { readApproval, takeDecision } from './approvals.ts';
import { appendAudit } from './audit-log.ts';
import type { Handle, Transaction } from './database.ts';
import { forceVerdict } from './force-verdict.ts';
import { digestOf } from './digests.ts';
import { emit } from './events.ts';
import { unknownRun } from './refusals.ts';
import { readRolloutLooks, saveRolloutLook } from './rollout-looks.ts';
import { readTested, saveTested } from './tested-rows.ts';
import { versions } from './schema/registry.ts';
import { evaluations, runEvents, runs, trainingProgress, verdicts } from './schema/runs.ts';

type Row = typeof runs.$inferSelect;

const toRun = (row: Row): Run => ({
  id: row.id,
  model: row.model,
  trigger: row.trigger,
  phase: row.phase,
  configDigest: row.configDigest,
  startedAt: row.startedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  snapshotId: row.snapshotId,
  version: row.version,
  verdict: row.verdict,
  outcome: row.outcome,
  promotedAt: row.promotedAt?.toISOString() ?? null,
  trainSeconds: row.trainSeconds,
  progress: row.progress,
});

async function find(db: Handle['db'] | Transaction, id: string): Promise<Row> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id));
  if (row === undefined) throw unknownRun(id);
  return row;
}

/** What the gate said to a look, and not the person who overruled it. */
const ofTheGate = and(
  eq(verdicts.runId, evaluations.runId),
  eq(verdicts.look, evaluations.look),
  eq(verdicts.forced, false),
);

/** Looks of before `looked` was kept say only from where to where rows of before the cut were evidence. */
const lookedAtQuery = `
  select e.challenger, min((looked.at ->> 'fromSeq')::float8) as "fromSeq",
         max((looked.at ->> 'toSeq')::float8) as "toSeq"
    from evaluations e join runs r on r.id = e.run_id
         cross join lateral (select coalesce(e.report -> 'looked', e.report -> 'heldOut') as at) looked
   where r.model = $1 and looked.at is not null and ($2::timestamptz is null or e.at < $2)
   group by e.challenger order by min(e.at), e.challenger`;

/** As many as a curve of a thousand pixels can show apart. */
const COURSE_POINTS = 400;

const courseQuery = `
  select step, (progress ->> 'trainLoss')::float8 as "trainLoss",
         (progress ->> 'validationLoss')::float8 as "validationLoss",
         to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from (select *, row_number() over (order by step) as place, count(*) over () as points
            from training_progress where run_id = $1) told
   where place in (1, points) or place % greatest(1, ceil(points / $2::float8)::bigint) = 0
   order by step`;

const trainingTimeQuery = `
  select coalesce(sum(coalesce(train_seconds, extract(epoch from coalesce(ended_at, now()) - training_began_at)))
                  filter (where training_began_at > now() - interval '30 days'), 0)::float8 as seconds,
         (array_agg(train_seconds order by training_began_at desc) filter (where train_seconds is not null))[1] as latest
    from runs where model = $1 and training_began_at is not null`;

export function createRunStore(handle: Handle): RunStore {
  const { db, pool, schema } = handle;
  const change = async (id: string, set: Partial<Row>) => {
    const rows = await db.update(runs).set(set).where(eq(runs.id, id)).returning({ id: runs.id });
    if (rows.length === 0) throw unknownRun(id);
  };
  const looksOf = (id: string) =>
    db
      .select()
      .from(evaluations)
      .innerJoin(verdicts, ofTheGate)
      .where(eq(evaluations.runId, id))
      .orderBy(asc(evaluations.look));
  return {
    begin: (run) =>
      db.transaction(async (tx) => {
        const { id, model, trigger } = run;
        const { by = 'driftloop', via = null, reason: because } = trigger;
        const begun = await tx
          .insert(runs)
          .values({ ...run, by, because, phase: 'triage' })
          .onConflictDoNothing()
          .returning({ id: runs.id });
        if (begun.length > 0) {
          const data = { runId: id, trigger: trigger.kind, because };
          await emit(tx, { type: 'driftloop.run.begun.v1', model, data });
          if (trigger.kind === 'manual')
            await appendAudit(tx, schema, { action: 'start', by, via, model, subject: id, because });
        }
        return toRun(await find(tx, id));
      }),

    get: async (id) => toRun(await find(db, id)),

    async list({ model, open, limit = 100 }) {
      const rows = await db
        .select()
        .from(runs)
        .where(
          and(
            model === undefined ? undefined : eq(runs.model, model),
            open === undefined ? undefined : isNull(runs.endedAt),
          ),
        )
        .orderBy(desc(runs.startedAt), desc(runs.id))
        .limit(limit);
      return rows.map(toRun);
    },

    async update(id, { startedAt, endedAt, promotedAt, ...rest }) {
      const set = {
        ...rest,
        ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
        ...(endedAt === undefined ? {} : { endedAt: endedAt === null ? null : new Date(endedAt) }),
        ...(promotedAt === undefined
          ? {}
          : { promotedAt: promotedAt === null ? null : new Date(promotedAt) }),
      };
      if (Object.keys(set).length === 0) await find(db, id);
      else await change(id, set);
    },

    end: (id, outcome) =>
      db.transaction(async (tx) => {
        const [ended] = await tx
          .update(runs)
          .set({ phase: 'ended', outcome, endedAt: new Date() })
          .where(and(eq(runs.id, id), isNull(runs.endedAt)))
          .returning({ model: runs.model });
        if (ended === undefined) {
          await find(tx, id);
          return false;
        }
        const version = 'version' in outcome ? outcome.version : null;
        const data = { runId: id, outcome: outcome.kind, version, sentence: outcome.sentence };
        await emit(tx, { type: 'driftloop.run.ended.v1', model: ended.model, data });
        return true;
      }),

    note: (id, event) =>
      db.transaction(async (tx) => {
        const noted = await tx
          .insert(runEvents)
          .values({ runId: id, ...event })
          .onConflictDoNothing()
          .returning({ key: runEvents.key });
        if (noted.length === 0) return;
        const told = eventOfLine((await find(tx, id)).model, id, event);
        if (told !== null) await emit(tx, told);
      }),

    async story(id) {
      const rows = await db
        .select()
        .from(runEvents)
        .where(eq(runEvents.runId, id))
        .orderBy(asc(runEvents.position));
      return rows.map(({ key, phase, sentence, data, at }) => ({
        key,
        phase,
        sentence,
        ...(data === null ? {} : { data }),
        at: at.toISOString(),
      }));
    },

    saveProgress: (id, progress) =>
      db.transaction(async (tx) => {
        await tx.update(runs).set({ progress }).where(eq(runs.id, id));
        await tx
          .insert(trainingProgress)
          .values({ runId: id, step: progress.step, progress })
          .onConflictDoUpdate({ target: [trainingProgress.runId, trainingProgress.step], set: { progress } });
      }),

    course: async (id) => (await pool.query<CoursePoint>(courseQuery, [id, COURSE_POINTS])).rows,
    async progress(id) {
      const rows = await db
        .select({ progress: trainingProgress.progress, at: trainingProgress.at })
        .from(trainingProgress)
        .where(eq(trainingProgress.runId, id))
        .orderBy(asc(trainingProgress.step));
      return rows.map(({ progress, at }) => ({ ...progress, at: at.toISOString() }));
    },

    async trainingTime(model) {
      const { rows } = await pool.query<{ seconds: number; latest: number | null }>(trainingTimeQuery, [
        model,
      ]);
      return { seconds: rows[0]!.seconds, latestSeconds: rows[0]!.latest };
    },

    async trainingBegan(id, seq) {
      const row = await find(db, id);
      // A retried training began when the first one did.
      if (row.trainingBeganSeq !== null) return;
      await change(id, { trainingBeganSeq: seq, trainingBeganAt: new Date() });
    },

    saveEvaluation: (id, evaluation, tested = []) =>
      db.transaction(async (tx) => {
        if (await saveEvaluation(tx, id, evaluation)) await saveTested(tx, id, evaluation.look, tested);
      }),

    async evaluations(id) {
      const rows = await looksOf(id);
      return rows.map(({ evaluations: e, verdicts: { verdict } }) => {
        const { look, rows: count, challenger, champion, testDigest, report } = e;
        return { look, rows: count, challenger, champion, testDigest, report, verdict };
      });
    },

    async looks(id) {
      await find(db, id);
      const rows = await looksOf(id);
      return rows.map(({ evaluations: seen, verdicts: said }) => ({
        look: seen.look,
        rows: seen.rows,
        at: seen.at.toISOString(),
        challenger: seen.challenger,
        challengerDigest: seen.challengerDigest,
        champion: seen.champion,
        championDigest: seen.championDigest,
        testDigest: seen.testDigest,
        report: seen.report,
        reportDigest: seen.reportDigest,
        recomputedDigest: digestOf(seen.report),
        verdict: said.verdict,
        bound: {
          kind: said.kind,
          reportDigest: said.reportDigest,
          testDigest: said.testDigest,
          configDigest: said.configDigest,
        },
      }));
    },

    tested: (id, look, limit) => readTested(pool, id, look, limit),

    saveRolloutLook: (id, look) => saveRolloutLook(db, id, look),
    rolloutLooks: (id, { most }) => readRolloutLooks(pool, id, most),

    lookedAt: async (model, before) =>
      (await pool.query<LookedAt>(lookedAtQuery, [model, before ?? null])).rows,

    approval: (id) => readApproval(db, id),
    decide: (id, decision) => takeDecision(handle, id, decision),
    force: (id, why) => db.transaction((tx) => forceVerdict(tx, schema, id, why)),
  };
}

async function versionDigest(tx: Transaction, model: string, version: string): Promise<string | null> {
  const [row] = await tx
    .select({ digest: versions.digest })
    .from(versions)
    .where(and(eq(versions.model, model), eq(versions.version, version)));
  return row?.digest ?? null;
}

/** What the gate saw and what it said, with the digests of both. A repeated look changes nothing: false. */
async function saveEvaluation(tx: Transaction, id: string, evaluation: EvaluationRow): Promise<boolean> {
  const { verdict, ...seen } = evaluation;
  const run = await find(tx, id);
  const reportDigest = digestOf(seen.report);
  const inserted = await tx
    .insert(evaluations)
    .values({
      runId: id,
      ...seen,
      challengerDigest: await versionDigest(tx, run.model, seen.challenger),
      championDigest: await versionDigest(tx, run.model, seen.champion),
      reportDigest,
      by: 'gate',
      because: run.because,
    })
    .onConflictDoNothing()
    .returning({ look: evaluations.look });
  if (inserted.length === 0) return false;
  await tx.insert(verdicts).values({
    runId: id,
    look: seen.look,
    verdict,
    kind: verdict.kind,
    reportDigest,
    testDigest: seen.testDigest,
    configDigest: run.configDigest,
    by: 'gate',
    because: verdict.sentence,
  });
  const { look, rows, challenger: version, champion } = seen;
  const { kind, sentence } = verdict;
  const labelsNeeded = kind === 'hold' ? verdict.labelsNeeded : null;
  const data = { runId: id, look, rows, version, champion, verdict: kind, labelsNeeded, sentence };
  await emit(tx, { type: 'driftloop.gate.judged.v1', model: run.model, data });
  return true;
}
