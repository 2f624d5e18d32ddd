import type pg from 'pg';
import type {
  FoldBatch,
  FoldProgress,
  FoldStep,
  FoldStore,
  NewFinding,
  RegretState,
  WatchedStreams,
} from '../../domain/ingest-ports.ts';
import { keepsBudget } from '../../domain/drift-config.ts';
import type { Watch } from '../../domain/model-config.ts';
import type { Partition } from '../../domain/examples.ts';
import type { InputRow } from '../../domain/input.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { foldLock, transaction, type Handle } from './database.ts';

type Known = {
  predictionId: string;
  bucket: string;
  knownXid: string;
  knownId: number;
  input: InputRow | null;
  label: string;
  version: string;
  predicted: string;
  knownAtMs: number;
  isPicked: boolean;
  partition: Partition;
  folded: boolean;
};
/** The commit-safe high-water mark, and the largest `seq` given so far. */
type Mark = { knownXid: string; knownId: number; labelled: number };
type Champion = {
  generation: number;
  version: string;
  digest: string;
  state: RegretState;
  streams: WatchedStreams;
  watch: readonly Watch[];
  task: DeclaredTask;
};

/**
 * The champion fold. Examples are numbered in the order in which their labels became known, and only up to the
 * oldest transaction that is still open anywhere: an example that commits later can then not have come before.
 * Nothing is written before `work` is done, so a slow champion holds nobody up but its own model.
 */
export const createFoldStore = ({ pool, schema }: Handle): FoldStore => ({
  behind: () => transaction(pool, modelsBehind),
  fold: (model, limit, work) =>
    transaction(pool, async (client) => {
      const lock = await client.query<{ mine: boolean }>(
        'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine',
        [foldLock(schema, model)],
      );
      if (lock.rows[0]?.mine !== true) return null;
      const mark = await startOrHeal(client, model);
      const { labelled } = mark;
      const known = await newlyKnown(client, model, mark, limit);
      if (known.length === 0) return { folded: 0, labelled };
      // Erased before it was scored, or counted before its label was withdrawn and given again: no number.
      const fresh = known.filter((k) => !k.folded && k.input !== null);
      const champion = await openChampion(client, model);
      const step = fresh.length === 0 ? null : await work(toBatch(champion, fresh));
      return await write(client, model, { known, fresh, champion, step, labelled });
    }),
});

/**
 * Behind its mark is a model that has a newly known example, one that was never folded, and one whose mark is from
 * another cluster. Asked of all models at once: what nothing happens to then costs a look into an index, not a
 * transaction, however many models there are.
 */
async function modelsBehind(client: pg.PoolClient): Promise<string[]> {
  // A new week has no statistics yet: read whole, its partition would be the price of every beat.
  await client.query('set local enable_seqscan = off');
  const { rows } = await client.query<{ model: string }>(
    `select m.name as model
       from models m
       left join folds f on f.model = m.name
      where m.declared
        and (f.model is null
             or f.known_xid >= pg_snapshot_xmax(pg_current_snapshot())
             or exists (select from examples e
                         where e.model = m.name and e.label is not null
                           and (e.known_xid, e.known_id) > (f.known_xid, f.known_id)
                           and e.known_xid < pg_snapshot_xmin(pg_current_snapshot())))`,
  );
  return rows.map(({ model }) => model);
}

const toBatch = (champion: Champion | null, fresh: readonly Known[]): FoldBatch => ({
  champion:
    champion === null
      ? null
      : {
          version: champion.version,
          digest: champion.digest,
          task: champion.task,
          regret: champion.state,
          streams: champion.streams,
          detectors: champion.watch.filter((watch) => watch.kind === 'detector' || keepsBudget(watch)),
        },
  examples: fresh.map(({ predictionId, input, label, version, predicted, isPicked, knownAtMs }) => ({
    predictionId,
    input: input!,
    label,
    version,
    predicted,
    isPicked,
    knownAtMs,
  })),
});

/**
 * The mark of a model, made at its first fold. A mark from the future was dumped from another cluster, whose
 * transaction ids were larger; examples of that life are then put before or after the mark by what was folded.
 */
async function startOrHeal(client: pg.PoolClient, model: string): Promise<Mark> {
  const { rows } = await client.query<Mark & { isForeign: boolean }>(
    `select known_xid::text as "knownXid", known_id as "knownId", labelled,
            known_xid >= pg_snapshot_xmax(pg_current_snapshot()) as "isForeign"
       from folds where model = $1`,
    [model],
  );
  const mark = rows[0];
  if (mark === undefined) {
    await client.query(
      "insert into folds (model, known_xid, known_id, labelled) values ($1, '0', 0, 0) on conflict do nothing",
      [model],
    );
    return { knownXid: '0', knownId: 0, labelled: 0 };
  }
  if (!mark.isForeign) return mark;
  await client.query(
    `update examples e
        set known_xid = case when exists (select 1 from champion_scores s where s.prediction_id = e.prediction_id)
                             then '0'::xid8 else pg_current_xact_id() end
      where e.model = $1 and e.known_xid >= pg_snapshot_xmax(pg_current_snapshot())`,
    [model],
  );
  await client.query("update folds set known_xid = '1', known_id = 0 where model = $1", [model]);
  return { knownXid: '1', knownId: 0, labelled: mark.labelled };
}

const newlyKnown = async (
  client: pg.PoolClient,
  model: string,
  { knownXid, knownId }: Mark,
  limit: number,
): Promise<Known[]> =>
  (
    await client.query<Known>({
      name: 'newly-known',
      text: `
        select e.prediction_id as "predictionId", e.bucket::text as bucket, e.known_xid::text as "knownXid",
               e.known_id as "knownId", p.input, e.label, e.version, e.predicted, e.partition,
               e.picked as "isPicked",
               (extract(epoch from e.arrived_at) * 1000)::float8 as "knownAtMs",
               s.seq is not null as folded
          from examples e
         cross join lateral (select input from predictions
                              where prediction_id = e.prediction_id and bucket = e.bucket limit 1) p
          left join lateral (select seq from champion_scores where prediction_id = e.prediction_id limit 1) s on true
         where e.model = $1 and e.label is not null
           and (e.known_xid, e.known_id) > ($2::xid8, $3::bigint)
           and e.known_xid < pg_snapshot_xmin(pg_current_snapshot())
         order by e.known_xid, e.known_id
         limit $4`,
      values: [model, knownXid, knownId, limit],
    })
  ).rows;

async function openChampion(client: pg.PoolClient, model: string): Promise<Champion | null> {
  const { rows } = await client.query<Champion>(
    `select d.generation, d.version, d.digest, r.state, r.streams, m.config -> 'watch' as watch, m.config -> 'task' as task
       from deployments d
       join regrets r on r.model = d.model and r.generation = d.generation
       join models m on m.name = d.model
      where d.model = $1 and d.ended_at is null`,
    [model],
  );
  return rows[0] ?? null;
}

type Written = {
  known: readonly Known[];
  fresh: readonly Known[];
  champion: Champion | null;
  step: FoldStep | null;
  labelled: number;
};

async function write(
  client: pg.PoolClient,
  model: string,
  { known, fresh, champion, step, labelled }: Written,
): Promise<FoldProgress> {
  await client.query({
    name: 'champion-scores',
    text: `
      insert into champion_scores (model, seq, prediction_id, bucket, partition, version, correct)
      select $1, $2 + position, prediction_id, bucket, partition, $3, correct
        from unnest($4::uuid[], $5::date[], $6::text[], $7::boolean[]) with ordinality
          as t (prediction_id, bucket, partition, correct, position)`,
    values: [
      model,
      labelled,
      champion?.version ?? null,
      fresh.map((k) => k.predictionId),
      fresh.map((k) => k.bucket),
      fresh.map((k) => k.partition),
      step?.correct ?? [],
    ],
  });
  if (champion !== null && step?.regret) {
    await keepRegret(client, model, champion, step.regret, step.streams);
    if (step.findings.length > 0) await keepFindings(client, model, champion, step.findings);
  }
  const last = known.at(-1)!;
  await client.query(
    'update folds set known_xid = $2, known_id = $3, labelled = $4, updated_at = now() where model = $1',
    [model, last.knownXid, last.knownId, labelled + fresh.length],
  );
  return { folded: fresh.length, labelled: labelled + fresh.length };
}

/** The state of the deployment; and with the version, once it is known, the reference that it goes back to. */
async function keepRegret(
  client: pg.PoolClient,
  model: string,
  { generation, version }: Champion,
  state: RegretState,
  streams: WatchedStreams,
): Promise<void> {
  await client.query(
    'update regrets set state = $3, streams = $4, updated_at = now() where model = $1 and generation = $2',
    [model, generation, JSON.stringify(state), JSON.stringify(streams)],
  );
  if (state.reference === null) return;
  await client.query(
    `update versions set reference_error_rate = $3
      where model = $1 and version = $2 and reference_error_rate is null`,
    [model, version, state.reference],
  );
}

/** All of a step at once: a detector that warns often would else be waited for, finding by finding. */
const keepFindings = async (
  client: pg.PoolClient,
  model: string,
  { version }: Champion,
  findings: readonly NewFinding[],
): Promise<void> =>
  void (await client.query(
    `insert into findings (model, version, monitor, level, value, sentence, config_digest)
     select m.name, $2, f.monitor, f.level, f.value, f.sentence, m.config_digest
       from models m,
            unnest($3::text[], $4::text[], $5::float8[], $6::text[]) with ordinality
              as f (monitor, level, value, sentence, position)
      where m.name = $1
      order by f.position`,
    [
      model,
      version,
      findings.map(({ monitor }) => monitor),
      findings.map(({ level }) => level),
      findings.map(({ value }) => value),
      findings.map(({ sentence }) => sentence),
    ],
  ));
