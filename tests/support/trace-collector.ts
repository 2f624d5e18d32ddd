import { openTracing } from '../../infra/tracing/open-tracing.ts';
import type { OpenTracing } from '../../infra/tracing/open-tracing.ts';
import { webhookReceiver } from './webhook-receiver.ts';

type Value = { stringValue?: string; boolValue?: boolean; intValue?: number | string; doubleValue?: number };
type Sent = {
  resourceSpans: {
    resource: { attributes: { key: string; value: Value }[] };
    scopeSpans: { spans: SentSpan[] }[];
  }[];
};
type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
  events: { name: string; attributes: { key: string; value: Value }[] }[];
  links: { traceId: string; spanId: string }[];
  status: { code: number; message?: string };
};
type Facts = Record<string, string | boolean | number | undefined>;
export type CollectedSpan = Omit<SentSpan, 'attributes' | 'events'> & {
  service: string;
  facts: Facts;
  events: { name: string; facts: Facts }[];
};

/** A collector on a free port that takes what the SDK's own exporter posts: OTLP over HTTP, as JSON. */
export async function traceCollector() {
  const receiver = await webhookReceiver();
  receiver.answers.status = () => 200;
  const opened: OpenTracing[] = [];
  const logged: string[] = [];
  const say = (_: unknown, message: string) => void logged.push(message);
  const spans = (): CollectedSpan[] =>
    receiver.at('/v1/traces').flatMap(({ body }) => spansOf(JSON.parse(body) as Sent));
  return {
    url: `${receiver.address}/v1/traces`,
    spans,
    logged,
    /** Tracing of one process, as a role opens it; it sends what it has when it is closed. */
    open(service: string): OpenTracing {
      const tracing = openTracing({
        settings: { url: `${receiver.address}/v1/traces`, caller: null },
        service,
        namespace: 'default',
        log: { warn: say, info: say },
      });
      opened.push(tracing);
      return tracing;
    },
    /** Everything that has been sent, when every process has ended. */
    async all(): Promise<CollectedSpan[]> {
      await Promise.all(opened.splice(0).map((tracing) => tracing.close()));
      return spans();
    },
    close: () => receiver.close(),
  };
}

const factsOf = (attributes: SentSpan['attributes']): Facts =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.boolValue ??
        value.doubleValue ??
        (value.intValue === undefined ? undefined : Number(value.intValue)),
    ]),
  );

const spansOf = ({ resourceSpans }: Sent): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap((scope) => scope.spans)
      .map(({ attributes, events, ...span }) => ({
        ...span,
        service: String(factsOf(resource.attributes)['service.name']),
        facts: factsOf(attributes),
        events: events.map((event) => ({ name: event.name, facts: factsOf(event.attributes) })),
      })),
  );
