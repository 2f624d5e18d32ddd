/**
 * Ingest of a backlog: Kafka → joined rows and totals in Postgres, exactly once, against the limit on the same machine:
 * a bare kafkajs consumer that reads the same messages, plus one COPY of the same rows into the same tables. Real
 * services of its own in a temporary folder; both sides take turns.
 */
import { parseArgs } from 'node:util';
import { consumeAll, copyAll, readRows, type Rows } from './ingest/limit.ts';
import { config } from './ingest/messages.ts';
import { runOurs } from './ingest/ours.ts';
import { postgresSeconds } from './ingest/processor-time.ts';
import { freshSchema, setStage } from './ingest/stage.ts';
import type { BenchResults } from './result.ts';

const help = `npm run bench -- ingest [--events N] [--rounds N] [--seed N]

  --events N   predictions and labels, half of each (200000)
  --rounds N   each round is both sides, one after the other (3)
`;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const [events, rounds, seed] = [Number(values.events), Number(values.rounds), Number(values.seed)];
  const stage = await setStage(events, seed);
  try {
    const { databaseUrl, namespace, brokers } = stage;
    const database = { databaseUrl, namespace };
    const ours: Awaited<ReturnType<typeof runOurs>>[] = [];
    const limit: { consume: number; copy: number; node: number; postgres: number }[] = [];
    const postgresUsed = await postgresSeconds(database);
    let rows: Rows | null = null;
    for (let round = 1; round <= rounds; round += 1) {
      await freshSchema(database, config);
      const own = await runOurs({ ...database, brokers, events });
      ours.push(own);
      rows ??= await readRows(database);
      await freshSchema(database, null);
      const before = { cpu: process.cpuUsage(), postgres: postgresUsed() };
      const consume = await consumeAll(brokers, namespace, events);
      const copy = await copyAll(database, rows);
      const { user, system } = process.cpuUsage(before.cpu);
      limit.push({ consume, copy, node: (user + system) / 1e6, postgres: postgresUsed() - before.postgres });
      process.stdout.write(
        `round ${round}: ingest ${own.seconds.toFixed(1)} s (processor: node ${own.node.toFixed(1)}, postgres ${own.postgres.toFixed(1)}); ` +
          `limit ${consume.toFixed(1)} s to read + ${copy.toFixed(1)} s to copy (processor: node ${limit.at(-1)!.node.toFixed(1)}, postgres ${limit.at(-1)!.postgres.toFixed(1)})\n`,
      );
    }
    const eventsPerSecond = Math.round(events / middle(ours, 'seconds'));
    const whole = limit.map(({ consume, copy }) => ({ seconds: consume + copy }));
    const limitPerSecond = Math.round(events / middle(whole, 'seconds'));
    return {
      results: {
        eventsPerSecond,
        limitPerSecond,
        ratio: Math.round((eventsPerSecond / limitPerSecond) * 1000) / 1000,
        ingest: {
          seconds: middle(ours, 'seconds'),
          nodeProcessorSeconds: middle(ours, 'node'),
          postgresProcessorSeconds: middle(ours, 'postgres'),
        },
        limit: {
          readSeconds: middle(limit, 'consume'),
          copySeconds: middle(limit, 'copy'),
          nodeProcessorSeconds: middle(limit, 'node'),
          postgresProcessorSeconds: middle(limit, 'postgres'),
        },
      },
      options: { events, rounds, seed },
    };
  } finally {
    await stage.close();
  }
}

/** The median of one figure over the rounds. */
function middle<K extends string>(rounds: readonly Readonly<Record<K, number>>[], key: K): number {
  const sorted = rounds.map((round) => round[key]).toSorted((a, b) => a - b);
  return Math.round(sorted[sorted.length >> 1]! * 100) / 100;
}
