import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
} from '@opentelemetry/api';
import type { Attributes, Context, Span as OtelSpan } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describeError, ourError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log-events.ts';
import type { Span, SpanAbout, SpanFacts, TraceContext, Tracing } from '../../domain/tracing.ts';
import { pastSpan } from './past-span.ts';
import type { TraceSettings } from './settings.ts';
import { tellingExporter } from './telling-exporter.ts';

type Options = {
  settings: TraceSettings;
  /** What this process is, where OTEL_SERVICE_NAME does not say it. */
  service: string;
  namespace: string;
  log: Pick<Log, 'warn' | 'info'>;
};

export type OpenTracing = Tracing & { close(): Promise<void> };

/** What is left of the spans is sent before a process ends; a collector that is away keeps nobody. */
const LAST_WORDS_MS = 3_000;

const propagator = new W3CTraceContextPropagator();
const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/**
 * The SDK of OpenTelemetry behind the port; loaded where an endpoint is given, and nowhere else. Nothing is registered
 * globally: a program that imports Driftloop keeps its own.
 *
 * Sampling, batching and headers are the SDK's, by the standard OTEL_… variables.
 */
export function openTracing({ settings, service, namespace, log }: Options): OpenTracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes(identity(service, namespace)))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = tellingExporter(new OTLPTraceExporter({ url: settings.url }), { url: settings.url, log });
  const processor = new BatchSpanProcessor(exporter);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('driftloop');
  const within = new AsyncLocalStorage<Context>();
  const root = settings.caller === null ? ROOT_CONTEXT : asContext(settings.caller);

  const parentOf = ({ parent }: SpanAbout): Context => {
    if (parent === undefined) return within.getStore() ?? root;
    return parent === null ? ROOT_CONTEXT : asContext(parent);
  };
  return {
    async span(name, about, work) {
      const { kind = 'internal', facts = {}, links = [] } = about;
      const parent = parentOf(about);
      const options = {
        kind: kinds[kind],
        attributes: attributesOf(facts),
        links: links
          .flatMap((link) => trace.getSpanContext(asContext(link)) ?? [])
          .map((context) => ({ context })),
      };
      const span = tracer.startSpan(name, options, parent);
      const context = trace.setSpan(parent, span);
      try {
        return await within.run(context, () => work(handleOf(span, context)));
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    current() {
      const context = within.getStore();
      return context === undefined ? null : carried(context);
    },
    record(span) {
      processor.onEnd(pastSpan(span, { resource, attributes: attributesOf(span.facts) }));
    },
    async close() {
      const ended = new AbortController();
      const late = wait(LAST_WORDS_MS, undefined, { signal: ended.signal }).catch(() => {});
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      ended.abort();
    },
  };
}

const identity = (service: string, namespace: string) => ({
  'service.name': service,
  'service.namespace': namespace === 'default' ? 'driftloop' : `driftloop-${namespace}`,
  'service.instance.id': randomUUID(),
});

const asContext = (context: TraceContext): Context =>
  propagator.extract(ROOT_CONTEXT, context, defaultTextMapGetter);

function carried(context: Context): TraceContext {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier as TraceContext;
}

const attributesOf = (facts: SpanFacts): Attributes =>
  Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== null && value !== undefined),
  ) as Attributes;

const handleOf = (span: OtelSpan, context: Context): Span => ({
  context: carried(context),
  rename: (name) => void span.updateName(name),
  add: (facts) => void span.setAttributes(attributesOf(facts)),
  event: (name, facts = {}) => void span.addEvent(name, attributesOf(facts)),
  fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
});

/** Our own errors by their code, which is stable; the others by their class. */
function fail(span: OtelSpan, error: unknown): void {
  const known = ourError(error);
  const type = known?.code ?? (error instanceof Error ? error.name : typeof error);
  const message = known === null ? String(error) : describeError(known);
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
