import { desc, eq } from 'drizzle-orm';
import type { LoopEvent } from '../../domain/events.ts';
import type { DeclaredWebhook } from '../../domain/webhook-config.ts';
import type { Handle, Transaction } from './database.ts';
import { configApplications, configs } from './schema/config.ts';
import { deliveries } from './schema/deliveries.ts';

/** The webhooks of the config that is applied now. */
export async function declaredWebhooks(db: Handle['db'] | Transaction): Promise<DeclaredWebhook[]> {
  const [latest] = await db
    .select({ config: configs.config })
    .from(configApplications)
    .innerJoin(configs, eq(configs.digest, configApplications.digest))
    .orderBy(desc(configApplications.id))
    .limit(1);
  return latest?.config.webhooks ?? [];
}

/** Puts an event on its way to these webhooks; returns the deliveries. */
export async function enqueue(
  tx: Transaction,
  webhooks: readonly Pick<DeclaredWebhook, 'name'>[],
  event: LoopEvent & { eventId: string; at: Date },
): Promise<number[]> {
  if (webhooks.length === 0) return [];
  const rows = webhooks.map(({ name }) => ({ ...event, webhook: name }));
  const queued = await tx.insert(deliveries).values(rows).returning({ id: deliveries.id });
  return queued.map(({ id }) => id);
}
