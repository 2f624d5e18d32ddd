import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { from, to } from 'pg-copy-streams';
import { topics } from '../../../domain/messages.ts';
import { connect } from '../../../infra/kafka/connection.ts';
import { withClient, type Database } from '../../../infra/postgres/connect.ts';

/** The tables in which a message leaves rows. */
export const tables = ['predictions', 'feedback', 'examples', 'totals'] as const;
export type Rows = Record<(typeof tables)[number], Buffer>;

/** The rows that ingest has stored, as COPY reads them. */
export const readRows = (database: Database): Promise<Rows> =>
  withClient(database, async (client) => {
    const rows: Partial<Rows> = {};
    for (const table of tables) {
      const pieces: Buffer[] = [];
      for await (const piece of client.query(to(`copy (select * from ${table}) to stdout`)))
        pieces.push(piece as Buffer);
      rows[table] = Buffer.concat(pieces);
    }
    return rows as Rows;
  });

/** Nothing but kafkajs reading every message. @returns seconds from the first to the last */
export async function consumeAll(brokers: string[], namespace: string, events: number): Promise<number> {
  const { predictions, feedback } = topics(namespace);
  const consumer = connect({ brokers }, 'bench-limit').consumer({
    groupId: `bench-limit-${Date.now()}`,
    maxWaitTimeInMs: 500,
  });
  let [began, seen] = [0, 0];
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: [predictions, feedback], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 2,
    eachBatch: async ({ batch }) => {
      if (began === 0) began = performance.now();
      seen += batch.messages.length;
      if (seen >= events) finish();
    },
  });
  await done;
  const seconds = (performance.now() - began) / 1000;
  await consumer.disconnect();
  return seconds;
}

/** The rows into the same tables with the same partitions and indexes, one COPY a table, in one transaction. */
export const copyAll = (database: Database, rows: Rows): Promise<number> =>
  withClient(database, async (client) => {
    const began = performance.now();
    await client.query('begin');
    for (const table of tables) {
      const copy = client.query(from(`copy ${table} from stdin`));
      const pieceBytes = 64 * 1024;
      for (let at = 0; at < rows[table].length; at += pieceBytes) {
        if (!copy.write(rows[table].subarray(at, at + pieceBytes))) await once(copy, 'drain');
      }
      copy.end();
      await finished(copy);
    }
    await client.query('commit');
    return (performance.now() - began) / 1000;
  });
