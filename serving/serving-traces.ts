import type { MiddlewareHandler } from 'hono';
import type { MessageTraces } from '../domain/message-traces.ts';
import type { Tracing } from '../domain/tracing.ts';

/** What a server needs to trace: left out where traces are off. */
export type ServingTraces = {
  tracing: Tracing;
  /** A span around each request. */
  requests: MiddlewareHandler;
  /** Which request each message belongs to, on its way to Kafka. */
  messages: MessageTraces;
  topics: { predictions: string; feedback: string };
};

type Publish<M> = (messages: readonly M[]) => Promise<void>;

/**
 * A span around what one request publishes, from its hand-over to the acknowledgement, whichever messages of other
 * requests travel in the same batch. Each message carries it on.
 */
export const tracePublishing =
  <M extends object>(
    { tracing, messages: traces, topics }: ServingTraces,
    what: keyof ServingTraces['topics'],
    publish: Publish<M>,
  ): Publish<M> =>
  (messages) => {
    if (messages.length === 0) return publish(messages);
    const topic = topics[what];
    const facts = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.batch.message_count': messages.length === 1 ? null : messages.length,
    };
    return tracing.span(`send ${topic}`, { kind: 'producer', facts }, ({ context }) => {
      for (const message of messages) traces.put(message, context);
      return publish(messages);
    });
  };
