import { setTimeout } from 'node:timers/promises';
import type { DeliveryStore } from '../../domain/deliveries.ts';
import type { DeclaredWebhook } from '../../domain/webhook-config.ts';
import { postEvent } from './post-event.ts';
import type { PostingParts } from './post-event.ts';

type Parts = PostingParts &
  Readonly<{
    deliveries: DeliveryStore;
    signal: AbortSignal;
    beatMs?: number;
    /** Hears of what is given up. */
    onDead: (dead: { webhook: string; type: string; tries: number; problem: string }) => void;
    onProblem: (error: unknown) => void;
  }>;

const everyBeatMs = 1_000;
/** Longer than a receiver may take to answer: nobody else posts what is being posted. */
const leaseMs = 60_000;
const keepMs = 30 * 86_400_000;
const sweepEveryMs = 3_600_000;

/**
 * Until the signal: posts what is due, each webhook for itself and in its order, so that one that is slow or away holds
 * up no other. Any number of workers may do so side by side.
 */
export async function runDeliveries(parts: Parts): Promise<void> {
  const { deliveries, signal, beatMs = everyBeatMs, onProblem } = parts;
  const busy = new Map<string, Promise<void>>();
  let sweptAt = 0;
  while (!signal.aborted) {
    try {
      const declared = await deliveries.webhooks();
      await deliveries.abandon(declared.map(({ name }) => name));
      for (const webhook of declared) {
        if (busy.has(webhook.name)) continue;
        const work = deliverDue(parts, webhook)
          .catch(onProblem)
          .finally(() => busy.delete(webhook.name));
        busy.set(webhook.name, work);
      }
      if (Date.now() - sweptAt >= sweepEveryMs) {
        sweptAt = Date.now();
        await deliveries.forget(new Date(Date.now() - keepMs));
      }
    } catch (error) {
      onProblem(error);
    }
    await setTimeout(beatMs, undefined, { signal }).catch(() => {});
  }
  await Promise.all(busy.values());
}

async function deliverDue(parts: Parts, webhook: DeclaredWebhook): Promise<void> {
  const { deliveries, signal, onDead } = parts;
  while (!signal.aborted) {
    const delivery = await deliveries.claim(webhook.name, leaseMs);
    if (delivery === null) return;
    const posted = await postEvent(parts, webhook, delivery);
    await deliveries.settle(delivery, posted);
    const { type, tries } = delivery;
    if (posted.kind === 'dead') onDead({ webhook: webhook.name, type, tries, problem: posted.problem });
  }
}
