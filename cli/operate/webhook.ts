import { setTimeout } from 'node:timers/promises';
import type { DeliveryRow, DeliveryState, DeliveryStore } from '../../domain/deliveries.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { everyModel } from '../../domain/person.ts';
import type { DeclaredWebhook } from '../../domain/webhook-config.ts';
import type { Installation } from './installation.ts';

/** A webhook with how what it is told stands. */
export type WebhookStanding = DeclaredWebhook & Readonly<Record<DeliveryState, number>>;

/** What webhooks were told concerns every model: it is for who may apply a config. */
const need = { right: 'apply', model: everyModel } as const;
/** A worker looks every second, and a receiver may take fifteen to answer. */
const testWithinMs = 20_000;

/** Who is told what happens, and how that went. */
export const webhooksOf = ({ stores: { deliveries }, admit }: Installation) => ({
  async list(): Promise<WebhookStanding[]> {
    await admit(need);
    const [declared, counts] = await Promise.all([deliveries.webhooks(), deliveries.counts()]);
    const count = (webhook: string, state: DeliveryState) =>
      counts.find((c) => c.webhook === webhook && c.state === state)?.deliveries ?? 0;
    return declared.map((webhook) => ({
      ...webhook,
      waiting: count(webhook.name, 'waiting'),
      delivered: count(webhook.name, 'delivered'),
      dead: count(webhook.name, 'dead'),
    }));
  },

  /** The newest first. */
  async deliveries({
    limit = 20,
    ...filter
  }: { webhook?: string; state?: DeliveryState; limit?: number } = {}): Promise<DeliveryRow[]> {
    await admit(need);
    return deliveries.list({ ...filter, limit });
  },

  /** Has a worker post an event, and waits until one has tried; it is still `waiting` where none has in time. */
  async test(webhook: string): Promise<DeliveryRow> {
    const person = await admit(need);
    await refuseUnknown(deliveries, webhook);
    return untilTried(deliveries, await deliveries.test(webhook, person.name));
  },

  /** Puts what was given up on its way again; returns how many. */
  async retry(webhook: string): Promise<number> {
    await admit(need);
    await refuseUnknown(deliveries, webhook);
    return deliveries.retry(webhook);
  },
});

async function refuseUnknown(deliveries: DeliveryStore, name: string): Promise<void> {
  const names = (await deliveries.webhooks()).map((webhook) => webhook.name);
  if (names.includes(name)) return;
  const known = names.length === 0 ? 'none is declared' : `there are ${names.join(', ')}`;
  throw new DriftloopError('DL_UNKNOWN_WEBHOOK', `There is no webhook "${name}"; ${known}.`, {
    fix: 'Declare it under `webhooks` in driftloop.config.ts and run "driftloop apply".',
  });
}

/** The delivery once a worker has tried it, or as it stands when that took too long. */
async function untilTried(deliveries: DeliveryStore, id: number): Promise<DeliveryRow> {
  for (const beganAt = Date.now(); ;) {
    const row = (await deliveries.get(id))!;
    const isTried = row.state !== 'waiting' || row.problem !== null;
    if (isTried || Date.now() - beganAt >= testWithinMs) return row;
    await setTimeout(200);
  }
}
