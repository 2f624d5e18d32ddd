import type { Log } from '../domain/log-events.ts';
import { spanIdOf, traceIdOf } from '../domain/tracing.ts';
import type { Tracing } from '../domain/tracing.ts';
import type { OpenTracing } from '../infra/tracing/open-tracing.ts';
import type { Environment } from './environment.ts';

export type { OpenTracing } from '../infra/tracing/open-tracing.ts';

/** Null where traces are off; then nothing of OpenTelemetry is loaded. */
export async function openTracing(
  { traces, namespace }: Pick<Environment, 'traces' | 'namespace'>,
  about: { service: string; log: Pick<Log, 'warn' | 'info'> },
): Promise<OpenTracing | null> {
  if (traces === null) return null;
  const opened = await import('../infra/tracing/open-tracing.ts');
  return opened.openTracing({ ...about, settings: traces, namespace });
}

/** Of the trace in which this is done; null outside of any. */
export function traceIdNow(tracing: Tracing): string | null {
  const context = tracing.current();
  return context === null ? null : traceIdOf(context);
}

/** What a log line says of the span in which it was written. */
export function whereInTrace(tracing: Tracing | null): { trace_id?: string; span_id?: string } {
  const context = tracing?.current() ?? null;
  return context === null ? {} : { trace_id: traceIdOf(context), span_id: spanIdOf(context) };
}
