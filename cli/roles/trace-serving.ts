import { createMessageTraces } from '../../domain/message-traces.ts';
import { topics } from '../../domain/messages.ts';
import type { Tracing } from '../../domain/tracing.ts';
import type { ServingTraces } from '../../serving/serving-traces.ts';

/** What a server traces, from its door to Kafka. */
export async function traceServing(
  tracing: Tracing,
  { namespace }: { namespace: string },
): Promise<ServingTraces> {
  const { traceRequests } = await import('../../infra/tracing/trace-requests.ts');
  const { predictions, feedback } = topics(namespace);
  return {
    tracing,
    requests: traceRequests(tracing),
    messages: createMessageTraces(),
    topics: { predictions, feedback },
  };
}
