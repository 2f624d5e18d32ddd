import type pg from 'pg';
import type { LoopEvent } from '../../domain/events.ts';
import type { IngestStore, StoredEvent } from '../../domain/ingest-ports.ts';
import { isTold } from '../../domain/webhook-config.ts';
import { transaction, type Transaction } from './database.ts';
import { declaredWebhooks, enqueue } from './enqueue-deliveries.ts';
import { events } from './schema/events.ts';

/**
 * Puts what happens into the outbox of the topic, and of every webhook that asks for it, in the transaction in which it
 * happens: it is told if and only if it is so.
 */
export async function emit(tx: Transaction, event: LoopEvent): Promise<void> {
  const [told] = await tx.insert(events).values(event).returning({ id: events.id, at: events.at });
  const asking = (await declaredWebhooks(tx)).filter((webhook) => isTold(webhook, event));
  await enqueue(tx, asking, { ...event, eventId: told!.id, at: told!.at });
}

type Stored = LoopEvent & { position: number; id: string; at: Date };

const toEvent = ({ id, type, model, data, at }: Stored): StoredEvent =>
  ({ id, type, model, data, at: at.toISOString() }) as StoredEvent;

/**
 * Hands events to `send`, in their order, and forgets them: at least once. One relay at a time, by an advisory lock,
 * for the reason that relayDeadLetters has.
 */
export const relayEvents = (
  pool: pg.Pool,
  limit: number,
  send: Parameters<IngestStore['relayEvents']>[1],
): Promise<number> =>
  transaction(pool, async (client) => {
    const lock = await client.query<{ mine: boolean }>(
      "select pg_try_advisory_xact_lock(hashtextextended('driftloop events ' || current_schema(), 0)) as mine",
    );
    if (lock.rows[0]?.mine !== true) return 0;
    const { rows } = await client.query<Stored>(
      'select position, id, type, model, data, at from events order by position limit $1',
      [limit],
    );
    if (rows.length === 0) return 0;
    await send(rows.map(toEvent));
    await client.query('delete from events where position = any ($1::bigint[])', [
      rows.map(({ position }) => position),
    ]);
    return rows.length;
  });
