import { defaultPayloadConverter } from '@temporalio/common';
import type { Headers } from '@temporalio/common';
import { readTraceContext } from '../domain/tracing.ts';
import type { TraceContext } from '../domain/tracing.ts';

/** As Temporal's own interceptors of every language name it: other workers of a team take it up. */
const HEADER = '_tracer-data';

export const withTrace = (headers: Headers, context: TraceContext): Headers => ({
  ...headers,
  [HEADER]: defaultPayloadConverter.toPayload({ ...context }),
});

/** Null where nobody has said anything that can be read. */
export function traceIn(headers: Headers): TraceContext | null {
  const payload = headers[HEADER];
  if (payload === undefined) return null;
  try {
    const said = defaultPayloadConverter.fromPayload<Partial<TraceContext> | null>(payload);
    return readTraceContext(said?.traceparent, said?.tracestate);
  } catch {
    return null;
  }
}
