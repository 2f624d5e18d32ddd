import { SpanKind, SpanStatusCode, TraceFlags, createTraceState } from '@opentelemetry/api';
import type { Attributes, SpanContext } from '@opentelemetry/api';
import { hrTimeDuration, millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { spanIdOf, traceIdOf } from '../../domain/tracing.ts';
import type { PastSpan, TraceContext } from '../../domain/tracing.ts';

/** As the exporter reads it. A tracer would give it another id, and its children know it by this one. */
export function pastSpan(
  { name, context, parent, startMs, endMs, problem }: PastSpan,
  { resource, attributes }: { resource: Resource; attributes: Attributes },
): ReadableSpan {
  const startTime = millisToHrTime(startMs);
  const endTime = millisToHrTime(Math.max(startMs, endMs));
  const own = contextOf(context);
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => own,
    ...(parent === null ? {} : { parentSpanContext: { ...contextOf(parent), isRemote: true } }),
    startTime,
    endTime,
    duration: hrTimeDuration(startTime, endTime),
    ended: true,
    status:
      problem === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: problem },
    attributes,
    links: [],
    events: [],
    resource,
    instrumentationScope: { name: 'driftloop' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const contextOf = (context: TraceContext): SpanContext => ({
  traceId: traceIdOf(context),
  spanId: spanIdOf(context),
  traceFlags: Number.parseInt(context.traceparent.slice(53), 16) & TraceFlags.SAMPLED,
  ...(context.tracestate === undefined ? {} : { traceState: createTraceState(context.tracestate) }),
});
