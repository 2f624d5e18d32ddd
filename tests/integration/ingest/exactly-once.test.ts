import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { parseConfig } from '../../../domain/config.ts';
import type { RawRecord, TopicPartition } from '../../../domain/ingest-ports.ts';
import { topics, type FeedbackMessage, type PredictionMessage } from '../../../domain/messages.ts';
import { classification, labelOf } from '../../../domain/task.ts';
import { ingestBatch } from '../../../monitors/ingest/ingest-batch.ts';
import type { Stream } from '../../../monitors/ingest/batch.ts';
import { expect as referenceOf, type Said } from '../../support/ingest-reference.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

/**
 * Whatever the order of delivery, the batches, the redeliveries and the second owners: what is stored and counted is
 * what a plain loop over all messages in memory says.
 */
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());

const partitions = 2;
const labels = ['DOWN', 'UP'] as const;
const config = parseConfig({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: [...labels], codes: { '0': 'DOWN', '1': 'UP' } },
      input: { x: { kind: 'number' } },
      entity: 'household',
    },
  ],
});
const now = Date.parse('2026-03-02T00:00:00Z');

type FeedbackPlan = {
  kind: FeedbackMessage['kind'];
  value: unknown;
  minute: number;
  copies: number;
};
type PredictionPlan = {
  label: (typeof labels)[number];
  version: 'v1' | 'v2';
  household: string | null;
  /** Weeks before now: several partition tables. */
  weeksAgo: number;
  copies: number;
  feedback: FeedbackPlan[];
};

const feedbackPlan: fc.Arbitrary<FeedbackPlan> = fc.record({
  kind: fc.constantFrom('label', 'label', 'correction', 'outcome', 'retract', 'rating'),
  value: fc.constantFrom('DOWN', 'UP', '0', 1, 'SIDEWAYS', null),
  minute: fc.integer({ min: 0, max: 3 }),
  copies: fc.constantFrom(1, 1, 1, 2),
});
const predictionPlan: fc.Arbitrary<PredictionPlan> = fc.record({
  label: fc.constantFrom(...labels),
  version: fc.constantFrom('v1', 'v2'),
  household: fc.constantFrom(null, 'a', 'b', 'c'),
  weeksAgo: fc.integer({ min: 0, max: 2 }),
  copies: fc.constantFrom(0, 1, 1, 1, 2),
  feedback: fc.array(feedbackPlan, { maxLength: 4 }),
});
/** How a log is cut and redelivered: batch sizes, and how far each delivery begins before where it should. */
const delivery = fc.record({
  order: fc.array(fc.nat(), { minLength: 4, maxLength: 40 }),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
  rewinds: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }),
  owners: fc.integer({ min: 1, max: 3 }),
});

type Log = { stream: Stream; partition: number; records: RawRecord[] };
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The plans as messages, in an order of their own on each topic partition. */
function write(plans: readonly PredictionPlan[], order: readonly number[]) {
  const messages: { stream: Stream; id: string; message: PredictionMessage | FeedbackMessage }[] = [];
  plans.forEach((plan, i) => {
    const ms = now - plan.weeksAgo * 7 * 86_400_000;
    const id = uuidv7({
      msecs: ms,
      random: Uint8Array.from({ length: 16 }, (_, k) => (i * 31 + k * 7) % 256),
    });
    const at = new Date(ms).toISOString();
    const prediction: PredictionMessage = {
      predictionId: id,
      model: 'm',
      version: plan.version,
      input: { x: i },
      // Every bound of a bin, and now and then no score at all.
      output: { label: plan.label, scores: i % 12 === 11 ? {} : { [plan.label]: (i % 12) / 10 } },
      ...(plan.household === null ? {} : { context: { household: plan.household } }),
      at,
    };
    for (let c = 0; c < plan.copies; c += 1)
      messages.push({ stream: 'predictions', id, message: prediction });
    plan.feedback.forEach((f, k) => {
      const message: FeedbackMessage = {
        feedbackId: `f-${i}-${k}`,
        predictionId: id,
        kind: f.kind,
        value: f.value,
        at: new Date(ms + f.minute * 60_000).toISOString(),
        source: 'test',
      };
      for (let c = 0; c < f.copies; c += 1) messages.push({ stream: 'feedback', id, message });
    });
  });
  // A shuffle that shrinks well: each number of `order` takes one of those that are left.
  const shuffled: typeof messages = [];
  for (let k = 0; messages.length > 0; k += 1) {
    shuffled.push(...messages.splice(order[k % order.length]! % messages.length, 1));
  }
  const logs: Log[] = [];
  const said: Said[] = [];
  for (const { stream, id, message } of shuffled) {
    const partition = id.charCodeAt(id.length - 1) % partitions;
    let log = logs.find((l) => l.stream === stream && l.partition === partition);
    if (log === undefined) logs.push((log = { stream, partition, records: [] }));
    const offset = log.records.length;
    log.records.push({ offset: BigInt(offset), key: new TextEncoder().encode(id), value: encode(message) });
    said.push({ stream, message, offset } as Said);
  }
  return { logs, said };
}

async function deliver(
  db: TestDatabase,
  { stream, partition, records }: Log,
  plan: DeliveryPlan,
  owner: number,
) {
  const names = topics(db.namespace);
  const at: TopicPartition = { clusterId: 'c', topic: names[stream], partition };
  const catalogue = await db.stores.ingest.catalogue();
  const options = { store: db.stores.ingest, catalogue, nowMs: now, feedbackTopic: names.feedback };
  let from = 0;
  for (let k = owner; from < records.length; k += 1) {
    const begin = Math.max(0, from - plan.rewinds[k % plan.rewinds.length]!);
    const end = from + plan.sizes[k % plan.sizes.length]!;
    await ingestBatch(options, stream, at, records.slice(begin, end));
    from = end;
  }
}
type DeliveryPlan = typeof delivery extends fc.Arbitrary<infer T> ? T : never;

async function stored(db: TestDatabase) {
  const { pool } = db.handle;
  const labelRows = await pool.query<{ id: string; label: string | null; partition: string }>(
    'select prediction_id as id, label, partition from examples',
  );
  const entityRows = await pool.query<{ entity: string; n: number }>(
    `select entity, count(distinct partition) as n from predictions where entity is not null group by entity`,
  );
  const waiting = await pool.query<{ n: number }>(
    `select count(*) as n from feedback f join predictions p using (prediction_id, bucket) where p.model is null`,
  );
  const known = await pool.query<{ n: number }>('select count(distinct known_id) as n from examples');
  const totals = await db.stores.totals.totals();
  const net = new Map<string, number>();
  const predicted = new Map<string, number>();
  const scores = new Map<string, number>();
  const scored = {
    score: ['asked', 1],
    score_labelled: ['labelled', 1],
    score_labelled_withdrawn: ['labelled', -1],
  } as const;
  for (const t of totals) {
    const scoring = t.kind in scored ? scored[t.kind as keyof typeof scored] : null;
    if (scoring !== null)
      scores.set(`${scoring[0]} ${t.a}`, (scores.get(`${scoring[0]} ${t.a}`) ?? 0) + scoring[1] * t.value);
    const sign = t.kind === 'outcome' ? 1 : t.kind === 'outcome_withdrawn' ? -1 : 0;
    const key = `${t.model} ${t.version} ${t.a} ${t.b}`;
    if (sign !== 0) net.set(key, (net.get(key) ?? 0) + sign * t.value);
    if (t.kind === 'prediction') {
      predicted.set(
        `${t.model} ${t.version} ${t.a}`,
        (predicted.get(`${t.model} ${t.version} ${t.a}`) ?? 0) + t.value,
      );
    }
  }
  for (const [key, value] of net) if (value === 0) net.delete(key);
  for (const [key, value] of scores) if (value === 0) scores.delete(key);
  return {
    labels: new Map(labelRows.rows.map((r) => [r.id, r.label])),
    partitionsPerEntity: entityRows.rows.map((r) => r.n),
    waiting: waiting.rows[0]!.n,
    known: known.rows[0]!.n,
    outcomes: net,
    predicted,
    scores,
    events: await db.stores.totals.eventTotals(),
  };
}

const sorted = <V>(map: Map<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

test('any order, any batches, redelivered, with several owners: each message takes effect exactly once', async () => {
  const seed = Number(process.env['DRIFTLOOP_TEST_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed} (DRIFTLOOP_TEST_SEED=${seed} repeats this)`);
  const db = await openTestDatabase(postgres.databaseUrl);
  await db.stores.models.apply(config);
  const { rows: tables } = await db.handle.pool.query<{ list: string }>(
    `select 'predictions, feedback, examples, totals, dead_letters, ingest_offsets' as list`,
  );
  const property = fc.asyncProperty(
    fc.array(predictionPlan, { minLength: 1, maxLength: 12 }),
    delivery,
    async (plans, plan) => {
      await db.handle.pool.query(`truncate ${tables[0]!.list}`);
      const { logs, said } = write(plans, plan.order);
      const everything = logs.flatMap((log) =>
        Array.from({ length: plan.owners }, (_, owner) => deliver(db, log, plan, owner)),
      );
      await Promise.all(everything);

      const task = classification({ labels, codes: { '0': 'DOWN', '1': 'UP' } });
      const want = referenceOf(said, (raw) => labelOf(task, raw));
      const have = await stored(db);
      expect(sorted(have.labels)).toEqual(sorted(want.labels));
      expect(sorted(have.outcomes)).toEqual(sorted(want.outcomes));
      expect(sorted(have.predicted)).toEqual(sorted(want.predicted));
      expect(sorted(have.scores)).toEqual(sorted(want.scores));
      expect(have.waiting).toBe(want.waiting);
      expect(have.known).toBe(want.labels.size);
      expect(have.partitionsPerEntity.every((n) => n === 1)).toBe(true);
      const { predictions, feedback, stored: kept, duplicates, deadLettered } = have.events;
      expect(predictions).toBe(said.filter((s) => s.stream === 'predictions').length);
      expect(feedback).toBe(said.filter((s) => s.stream === 'feedback').length);
      // The books balance: each message is one of these, and only one.
      expect(kept + duplicates + deadLettered + have.waiting).toBe(predictions + feedback);
    },
  );
  try {
    await fc.assert(property, {
      seed,
      numRuns: Number(process.env['DRIFTLOOP_TEST_RUNS'] ?? 40),
      endOnFailure: true,
    });
  } finally {
    await db.close();
  }
});
