import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { insist } from '../../infra/kafka/insist.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import { random } from '../../training/random.ts';
import { declareModel } from '../support/declare-model.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';
import type { TestKafka } from '../support/test-kafka.ts';
import { exposedBooks } from './exposition.ts';
import { soakMessages, type Expected } from './messages.ts';
import { startOwners } from './owners.ts';

export type SoakOptions = {
  seed: number;
  /** Messages in all, those that come twice included; about. */
  events: number;
  /** Owners of ingest side by side. */
  owners?: number;
  /** How often one of them is killed with -9, and how often one leaves politely: each is a rebalance. */
  kills: number;
  leaves: number;
  /** For so long the database takes no connection, once. */
  databaseAwayMs: number;
  /** Messages of one step of publishing. */
  chunk?: number;
  say?: (sentence: string) => void;
};

export type SoakResult = {
  /** Messages that were published, and different ones among them. */
  published: number;
  distinct: number;
  stored: number;
  missing: number;
  /** Rows, totals and labels that are more, fewer or others than what was said; by what they are. */
  doubled: number;
  wrong: Record<string, { expected: number; found: number }>;
  kills: number;
  leaves: number;
  seconds: number;
};

type Services = { databaseUrl: string; kafka: TestKafka };

/**
 * Publishes a seeded production at its worst while owners of ingest are killed and leave, the broker is stopped and
 * started and the database goes away; then counts what is stored beside what was said.
 */
export async function soak(services: Services, options: SoakOptions): Promise<SoakResult> {
  const { kafka } = services;
  const { seed, owners: count = 2, chunk = 500, say = () => {} } = options;
  const db = await openTestDatabase(services.databaseUrl);
  await declareModel(db.stores);
  await ensureTopics(kafka, db.namespace);
  const log = await createMessageLog({ kafka, namespace: db.namespace });
  const owners = startOwners(count, {
    databaseUrl: db.databaseUrl,
    namespace: db.namespace,
    brokers: kafka.brokers.join(','),
  });
  const began = performance.now();
  try {
    // A prediction has 1.15 words on average, and every tenth message comes again.
    const predictions = Math.round(options.events / 2.15 / (10 / 9));
    const { chunks, expected } = soakMessages(seed, predictions, Date.now());
    const steps = Math.ceil(predictions / chunk);
    const misfortunes = planMisfortunes(options, steps, count);
    const underWay: Promise<void>[] = [];
    let [published, step] = [0, 0];
    for (const { before, predictions: said, after } of chunks(chunk)) {
      for (const misfortune of misfortunes.get(step) ?? []) {
        say(`step ${step} of ${steps}: ${misfortune.what}`);
        if (misfortune.kind === 'owner') owners.replace(misfortune.index, misfortune.signal);
        else if (misfortune.kind === 'broker') {
          await kafka.goAway();
          await kafka.comeBack();
        } else underWay.push(withoutDatabase(db.databaseUrl, options.databaseAwayMs));
      }
      // A producer that heard nothing sends again; what arrived twice has no effect.
      const publish = (work: () => Promise<void>) =>
        insist(work, { signal: new AbortController().signal, onFailure: (error) => say(String(error)) });
      await publish(() => log.publishFeedback(before));
      await publish(() => log.publishPredictions(said));
      await publish(() => log.publishFeedback(after));
      published += before.length + said.length + after.length;
      step += 1;
      // Misfortunes have to meet ingest at work, not a log that waits for it.
      if (step % 10 === 0) await untilNotFarBehind(db, published, () => owners.fault());
    }
    await Promise.all(underWay);
    await untilTaken(db, expected, () => owners.fault(), say);
    const { stored, missing, wrong } = await compare(db, expected);
    return {
      published,
      distinct: expected.predictions + expected.feedback,
      stored,
      missing,
      doubled: Object.values(wrong).reduce((sum, { expected: e, found }) => sum + Math.abs(found - e), 0),
      wrong,
      kills: options.kills,
      leaves: options.leaves,
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await owners.stop();
    await log.close();
    await db.close();
  }
}

type Misfortune =
  | { kind: 'owner'; index: number; signal: 'SIGKILL' | 'SIGTERM'; what: string }
  | { kind: 'broker' | 'database'; what: string };

/** Which misfortune comes before which step; the first tenth of the way is left in peace. */
function planMisfortunes({ seed, kills, leaves }: SoakOptions, steps: number, owners: number) {
  const chance = random(seed + 1);
  const plan = new Map<number, Misfortune[]>();
  const put = (misfortune: Misfortune) => {
    const step = Math.floor(steps * (0.1 + 0.9 * chance.uniform()));
    plan.set(step, [...(plan.get(step) ?? []), misfortune]);
  };
  const anOwner = () => Math.floor(chance.uniform() * owners);
  for (let i = 0; i < kills; i += 1)
    put({ kind: 'owner', index: anOwner(), signal: 'SIGKILL', what: 'an owner is killed' });
  for (let i = 0; i < leaves; i += 1)
    put({ kind: 'owner', index: anOwner(), signal: 'SIGTERM', what: 'an owner leaves' });
  put({ kind: 'broker', what: 'the broker is stopped and started' });
  put({ kind: 'database', what: 'the database goes away' });
  return plan;
}

async function withoutDatabase(databaseUrl: string, forMs: number): Promise<void> {
  const url = new URL(databaseUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/template1';
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(`alter database "${database}" with allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database,
    ]);
    await wait(forMs);
  } finally {
    await admin.query(`alter database "${database}" with allow_connections true`);
    await admin.end();
  }
}

const mostBehind = 20_000;

async function untilNotFarBehind(
  db: TestDatabase,
  published: number,
  fault: () => string | null,
): Promise<void> {
  for (;;) {
    const taken = await db.stores.totals
      .eventTotals()
      .then(({ stored, duplicates }) => stored + duplicates)
      // The database is away just now.
      .catch(() => 0);
    if (published - taken < mostBehind || fault() !== null) return;
    await wait(100);
  }
}

const noProgressMs = 90_000;

/** Until everything has taken effect; a long time without anything new is the end as well, and the books will tell. */
async function untilTaken(
  db: TestDatabase,
  expected: Expected,
  fault: () => string | null,
  say: (sentence: string) => void,
): Promise<void> {
  let [last, since] = [-1, Date.now()];
  for (;;) {
    // Right after the database came back, the pool's first connection may still be a dead one.
    const { stored } = await db.stores.totals.eventTotals().catch(() => ({ stored: last }));
    if (stored >= expected.predictions + expected.feedback) return;
    if (fault() !== null) throw new Error(fault()!);
    if (stored > last) [last, since] = [stored, Date.now()];
    if (Date.now() - since > noProgressMs) return say(`nothing new for ${noProgressMs / 1000} s`);
    await wait(500);
  }
}

async function compare(db: TestDatabase, expected: Expected) {
  const { rows } = await db.handle.pool.query<Record<string, number>>(
    `select (select count(*)::int from predictions where model is not null) as predictions,
            (select count(*)::int from feedback) as feedback,
            (select count(*)::int from examples where label is not null) as labelled`,
  );
  const found = rows[0]!;
  const events = await db.stores.totals.eventTotals();
  const outcomes = new Map<string, number>();
  for (const { kind, a, b, value } of await db.stores.totals.totals({ model: 'm' })) {
    const sign = kind === 'outcome' ? 1 : kind === 'outcome_withdrawn' ? -1 : 0;
    if (sign !== 0) outcomes.set(`${a} ${b}`, (outcomes.get(`${a} ${b}`) ?? 0) + sign * value);
  }
  const books: Record<string, { expected: number; found: number }> = {
    predictions: { expected: expected.predictions, found: found['predictions']! },
    feedback: { expected: expected.feedback, found: found['feedback']! },
    labelled: { expected: expected.labelled, found: found['labelled']! },
    stored: { expected: expected.predictions + expected.feedback, found: events.stored },
    ...(await exposedBooks(db)),
    'dead letters': { expected: 0, found: events.deadLettered },
    ...Object.fromEntries(
      [...new Set([...expected.outcomes.keys(), ...outcomes.keys()])].map((key) => [
        `outcome ${key}`,
        { expected: expected.outcomes.get(key) ?? 0, found: outcomes.get(key) ?? 0 },
      ]),
    ),
  };
  const rowsStored = found['predictions']! + found['feedback']!;
  return {
    stored: rowsStored,
    missing: expected.predictions + expected.feedback - rowsStored,
    wrong: Object.fromEntries(Object.entries(books).filter(([, book]) => book.expected !== book.found)),
  };
}
