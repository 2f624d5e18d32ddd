import { Counter, Gauge, Registry } from 'prom-client';
import { metricTable, type MetricKey } from '../../monitors/metrics/metric-table.ts';
import type { MetricSample } from '../../monitors/metrics/sample.ts';

/** Where the samples of a scrape come from, such as `samplesOf(await readMetricsSnapshot(stores))`. */
export type SampleSource = () => Promise<readonly MetricSample[]>;

export type MetricsExporter = Readonly<{
  contentType: string;
  /** The text of one scrape. Rejects when the source does: a failed scrape is honest, a stale number is not. */
  scrape(): Promise<string>;
}>;

/**
 * Exports what the database says, as it is asked for: absolute counters, never counted in this process.
 *
 * Scrapes within `cacheMs` share one look at the source, and one look makes one text, so that the counters of a
 * scrape belong together. `process` is a registry of what this process counts itself (CPU, requests), appended.
 */
export function createMetricsExporter({
  source,
  cacheMs = 200,
  process,
  now = () => performance.now(),
}: {
  source: SampleSource;
  cacheMs?: number;
  process?: Registry;
  now?: () => number;
}): MetricsExporter {
  let latest: { at: number; text: Promise<string> } | null = null;
  const fresh = () => {
    const look = { at: now(), text: source().then(render) };
    latest = look;
    // The next scrape looks again instead of repeating a failure.
    look.text.catch(() => {
      if (latest === look) latest = null;
    });
    return look;
  };
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async scrape() {
      const { text } = latest !== null && now() - latest.at < cacheMs ? latest : fresh();
      return process === undefined ? text : `${await text}\n${await process.metrics()}`;
    },
  };
}

/** Samples as Prometheus text, with the help of the table. */
async function render(samples: readonly MetricSample[]): Promise<string> {
  // A new registry for each look: nothing of the last one can be left over.
  const registry = new Registry();
  const metrics = new Map<MetricKey, Counter | Gauge>();
  for (const key of Object.keys(metricTable) as MetricKey[]) {
    const { name, kind, help, labels } = metricTable[key];
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    metrics.set(key, kind === 'counter' ? new Counter(options) : new Gauge(options));
  }
  for (const { metric, labels, value } of samples) metrics.get(metric)!.inc({ ...labels }, value);
  return registry.metrics();
}
