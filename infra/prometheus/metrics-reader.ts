import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';
import type { FiringAlert, MetricsReader, Sample } from '../../domain/ports.ts';

export type MetricsReaderOptions = Readonly<{
  /** The address of Prometheus; a path before `/api` and `user:password@` are kept. */
  url: string;
  namespace: string;
  timeoutMs?: number;
  /** Alerts of these levels count as firing. */
  levels?: readonly string[];
}>;

/** Enough for a slow query; a beat that waits longer should try again instead. */
const defaultTimeoutMs = 5_000;

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value: point })),
});
const scalar = z.object({ resultType: z.literal('scalar'), result: point });
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(point) })),
});
const alertList = z.object({
  alerts: z.array(
    z.object({
      labels,
      annotations: labels.default({}),
      state: z.enum(['firing', 'pending', 'inactive']),
      activeAt: z.string(),
    }),
  ),
});

/**
 * What Prometheus knows, by its HTTP API.
 *
 * A value that is NaN or infinite (a share of nothing) is left out, of vectors as of ranges: unknown is not a number,
 * and JSON could not carry it on. Only `values` has them.
 *
 * @throws DriftloopError DL_PROMETHEUS_UNREACHABLE (retryable): no answer in time, or a server error
 * @throws DriftloopError DL_PROMETHEUS_REFUSED: it does not understand the query, or asks for other credentials
 */
export function createMetricsReader({
  url,
  namespace,
  timeoutMs = defaultTimeoutMs,
  levels = ['detected'],
}: MetricsReaderOptions): MetricsReader {
  const ask = prometheusApi(url, timeoutMs);
  async function instant(promql: string): Promise<Sample[]> {
    const data = await ask('query', { query: promql, timeout: `${timeoutMs}ms` });
    const parsed = z.union([vector, scalar]).parse(data);
    const found = parsed.resultType === 'scalar' ? [{ metric: {}, value: parsed.result }] : parsed.result;
    return found.map(({ metric, value: [, text] }) => ({ labels: metric, value: numberOf(text) }));
  }
  return {
    async query(promql) {
      return (await instant(promql)).filter(({ value }) => Number.isFinite(value));
    },

    async values(promql) {
      return (await instant(promql)).map(({ value }) => value);
    },

    async range(promql, { from, to, stepMs }) {
      const data = await ask('query_range', {
        query: promql,
        start: String(from.getTime() / 1_000),
        end: String(to.getTime() / 1_000),
        step: String(stepMs / 1_000),
        timeout: `${timeoutMs}ms`,
      });
      return matrix.parse(data).result.map(({ metric, values }) => ({
        labels: metric,
        points: values
          .map(([seconds, text]): [number, number] => [Math.round(seconds * 1_000), Number(text)])
          .filter(([, value]) => Number.isFinite(value)),
      }));
    },

    async firing(model) {
      const { alerts } = alertList.parse(await ask('alerts', {}));
      return alerts
        .filter(
          ({ state, labels: l }) =>
            state === 'firing' &&
            l['namespace'] === namespace &&
            l['model'] === model &&
            levels.includes(l['level'] ?? ''),
        )
        .map(({ labels: l, annotations, activeAt }): FiringAlert => ({
          alertname: l['alertname'] ?? '',
          labels: l,
          annotations,
          // Prometheus writes nanoseconds; everybody else reads milliseconds.
          activeAt: new Date(activeAt).toISOString(),
        }));
    },
  };
}

/** A value as Prometheus writes it: `+Inf` is no number to JavaScript. */
const numberOf = (text: string): number => Number(text.replace('Inf', 'Infinity'));

type Ask = (endpoint: string, parameters: Record<string, string>) => Promise<unknown>;

function prometheusApi(address: string, timeoutMs: number): Ask {
  const base = new URL(address);
  const credentials = base.username
    ? `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`
    : null;
  base.username = '';
  base.password = '';
  const root = base.href.replace(/\/$/, '');

  return async (endpoint, parameters) => {
    const isRead = Object.keys(parameters).length === 0;
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${root}/api/v1/${endpoint}`, {
        method: isRead ? 'GET' : 'POST',
        ...(isRead ? {} : { body: new URLSearchParams(parameters) }),
        headers: credentials === null ? {} : { authorization: credentials },
        // A little longer than Prometheus itself may take: its own answer says more.
        signal: AbortSignal.timeout(timeoutMs + 500),
      });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw unreachable(root, reason(cause, timeoutMs), cause);
    }
    const answer = parseAnswer(text);
    if (answer?.status === 'success') return answer.data;
    const said = answer?.error ?? text.trim().split('\n')[0]!.slice(0, 200);
    if (status >= 500 || (answer === null && status < 400)) {
      throw unreachable(root, `answered ${status}: ${said}`);
    }
    throw new DriftloopError(
      'DL_PROMETHEUS_REFUSED',
      `Prometheus at ${root} refused ${parameters['query'] ?? endpoint} (${status}): ${said}`,
      { fix: 'Correct the query, or the credentials in DRIFTLOOP_PROMETHEUS_URL.', status: 502 },
    );
  };
}

type Answer = { status: string; data?: unknown; error?: string };

function parseAnswer(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && 'status' in value ? (value as Answer) : null;
  } catch {
    return null;
  }
}

function reason(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `did not answer within ${timeoutMs} ms`;
  return cause.cause instanceof Error ? cause.cause.message || cause.message : cause.message;
}

const unreachable = (root: string, why: string, cause?: unknown): DriftloopError =>
  new DriftloopError('DL_PROMETHEUS_UNREACHABLE', `Prometheus at ${root} cannot be asked: ${why}`, {
    fix: 'See that Prometheus runs and that DRIFTLOOP_PROMETHEUS_URL is its address; "driftloop doctor" checks it.',
    retryable: true,
    status: 503,
    cause,
  });
