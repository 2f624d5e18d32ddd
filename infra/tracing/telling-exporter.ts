import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../../domain/log-events.ts';

/** Says once that the collector takes nothing, and once that it does again: spans are dropped, nothing waits for them. */
export function tellingExporter(
  exporter: SpanExporter,
  { url, log }: { url: string; log: Pick<Log, 'warn' | 'info'> },
): SpanExporter {
  let isAway = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== ExportResultCode.SUCCESS;
        if (hasFailed && !isAway)
          log.warn(
            { url, problem: result.error?.message ?? 'it does not say why' },
            'traces cannot be sent and are dropped; everything else goes on',
          );
        if (!hasFailed && isAway) log.info({ url }, 'traces are sent again');
        isAway = hasFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
