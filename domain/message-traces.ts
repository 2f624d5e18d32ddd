import type { TraceContext } from './tracing.ts';

/**
 * Which request each message belongs to, kept beside it on its way to Kafka, where it becomes a header: the contract of
 * the topics knows nothing of traces.
 */
export type MessageTraces = {
  put(message: object, context: TraceContext): void;
  of(message: object): TraceContext | null;
};

/** Forgets with the messages themselves. */
export function createMessageTraces(): MessageTraces {
  const contexts = new WeakMap<object, TraceContext>();
  return {
    put: (message, context) => void contexts.set(message, context),
    of: (message) => contexts.get(message) ?? null,
  };
}
