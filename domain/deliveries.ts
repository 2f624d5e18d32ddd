import type { LoopEvent } from './events.ts';
import type { DeclaredWebhook } from './webhook-config.ts';

/** What webhooks are told: each event once for each webhook that asks for it, until it is answered or given up. */

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** An event on its way to a webhook. `eventId` is the id of the event, in the topic and at every webhook. */
export type Delivery = LoopEvent & Readonly<{ id: number; webhook: string; eventId: string; at: string }>;

/** How one post ended. */
export type Posted =
  | Readonly<{ kind: 'delivered'; status: number }>
  /** Tried again after so long. */
  | Readonly<{ kind: 'failed'; status: number | null; problem: string; againInMs: number }>
  /** Nobody tries again by itself. */
  | Readonly<{ kind: 'dead'; status: number | null; problem: string }>;

/** A delivery as one looks at it. */
export type DeliveryRow = Pick<Delivery, 'id' | 'webhook' | 'eventId' | 'type' | 'model' | 'at'> &
  Readonly<{
    state: DeliveryState;
    tries: number;
    /** Of the newest post. */
    status: number | null;
    problem: string | null;
    /** Of the next post; null where there is none. */
    nextAt: string | null;
    endedAt: string | null;
  }>;

export type DeliveryCount = Readonly<{ webhook: string; state: DeliveryState; deliveries: number }>;

export interface DeliveryStore {
  /** The webhooks of the config that is applied now. */
  webhooks(): Promise<DeclaredWebhook[]>;
  /**
   * The next delivery of a webhook that is due, with the number of this try; nobody else is given it before the lease is
   * over. Null where none is.
   */
  claim(webhook: string, leaseMs: number): Promise<(Delivery & { tries: number }) | null>;
  /** Writes down how a post ended. What is given up is an event of its own, told to the others. */
  settle(delivery: Delivery & { tries: number }, posted: Posted): Promise<void>;
  /** Gives up what waits for webhooks that are declared no more; returns how many. */
  abandon(declared: readonly string[]): Promise<number>;
  /** The newest first. */
  list(filter: { webhook?: string; state?: DeliveryState; limit: number }): Promise<DeliveryRow[]>;
  get(id: number): Promise<DeliveryRow | null>;
  counts(): Promise<DeliveryCount[]>;
  /** Puts an event of its own on its way to one webhook, whatever that asks for; returns its delivery. */
  test(webhook: string, by: string): Promise<number>;
  /** Puts what was given up on its way again; returns how many. */
  retry(webhook: string): Promise<number>;
  /** Forgets what ended before a moment. */
  forget(before: Date): Promise<number>;
}
