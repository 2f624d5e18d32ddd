import { DriftloopError } from '../../domain/errors.ts';
import type { FiringAlert, MetricsReader } from '../../domain/ports.ts';

/** How long a point stands for the time after it. */
const staleMs = 2 * 3_600_000;

export type FakeSeries = {
  name: string;
  labels: Readonly<Record<string, string>>;
  points: readonly [number, number][];
};

/**
 * A Prometheus in memory, for what the console asks: a selector, alone or inside sum() or max(), with whatever follows
 * `and on (…)` taken as given. Set `problem` and it does not answer.
 */
export function fakeMetricsReader(clock: () => number) {
  const series: FakeSeries[] = [];
  const firing: FiringAlert[] = [];
  const state: { problem: string | null; asked: string[] } = { problem: null, asked: [] };

  function select(promql: string) {
    state.asked.push(promql);
    if (state.problem !== null)
      throw new DriftloopError('DL_PROMETHEUS_UNREACHABLE', state.problem, {
        fix: 'See that it runs.',
        retryable: true,
        status: 503,
      });
    const [, fold, name, matchers] = /^(?:(sum|max)\()?([a-z_:]+)\{([^}]*)\}/.exec(promql) ?? [];
    if (name === undefined) throw new Error(`the fake does not understand ${promql}`);
    const wanted = [...(matchers ?? '').matchAll(/(\w+)="([^"]*)"/g)];
    const found = series.filter(
      (one) => one.name === name && wanted.every(([, label, value]) => one.labels[label!] === value),
    );
    return { fold, found };
  }

  const reader: MetricsReader = {
    async query(promql) {
      const { fold, found } = select(promql);
      const now = clock();
      const values = found.flatMap(({ labels, points }) => {
        const last = points.filter(([at]) => at <= now).at(-1);
        // A series that has ended is not there any more; one with a single point at 0 always is.
        const ended = last !== undefined && last[0] !== 0 && now - last[0] > staleMs;
        return last === undefined || ended ? [] : [{ labels, value: last[1] }];
      });
      if (fold === undefined || values.length === 0) return values;
      const numbers = values.map(({ value }) => value);
      return [
        { labels: {}, value: fold === 'sum' ? numbers.reduce((a, b) => a + b, 0) : Math.max(...numbers) },
      ];
    },
    async values(promql) {
      return (await reader.query(promql)).map(({ value }) => value);
    },
    async range(promql, { from, to, stepMs }) {
      const { fold, found } = select(promql);
      const cut = found.map(({ labels, points }) => {
        const stepped: [number, number][] = [];
        let i = -1;
        for (let at = from.getTime(); at <= to.getTime(); at += stepMs) {
          while (i + 1 < points.length && points[i + 1]![0] <= at) i += 1;
          const last = points[i];
          if (last !== undefined && at - last[0] <= staleMs) stepped.push([at, last[1]]);
        }
        return { labels, points: stepped };
      });
      if (fold === undefined) return cut;
      return [{ labels: {}, points: cut.flatMap(({ points }) => points).toSorted((a, b) => a[0] - b[0]) }];
    },
    async firing(model) {
      if (state.problem !== null) throw new Error(state.problem);
      return firing.filter(({ labels }) => labels['model'] === model);
    },
  };
  return { reader, series, firing, state };
}
