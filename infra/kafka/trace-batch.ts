import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { TopicPartition } from '../../domain/ingest-ports.ts';
import { readTraceContext } from '../../domain/tracing.ts';
import type { SpanAbout, TraceContext } from '../../domain/tracing.ts';

/** A span keeps no more; which of a larger batch it names makes no difference. */
const LINKS_AT_MOST = 128;

/**
 * The span of a batch that takes effect. It is linked to the requests whose messages it takes, since it belongs to none
 * of them; where all came with one request, it is the next step of that one.
 */
export function spanOfBatch(
  { topic, partition }: Omit<TopicPartition, 'clusterId'>,
  group: string,
  messages: readonly KafkaMessage[],
): { name: string; about: SpanAbout } {
  const links = sendersOf(messages);
  return {
    name: `process ${topic}`,
    about: {
      kind: 'consumer',
      facts: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': String(partition),
        'messaging.consumer.group.name': group,
        'messaging.kafka.offset': messages.length === 1 ? Number(messages[0]!.offset) : null,
        'messaging.batch.message_count': messages.length === 1 ? null : messages.length,
      },
      parent: links.length === 1 ? links[0]! : null,
      links,
    },
  };
}

function sendersOf(messages: readonly KafkaMessage[]): TraceContext[] {
  const senders = new Map<string, TraceContext>();
  for (const { headers } of messages) {
    if (senders.size === LINKS_AT_MOST) break;
    const sender = headers && readTraceContext(text(headers, 'traceparent'), text(headers, 'tracestate'));
    if (sender) senders.set(sender.traceparent, sender);
  }
  return [...senders.values()];
}

const text = (headers: IHeaders, name: string): string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.toString() ?? null;
};
