import type { Mark } from '../run-state.ts';
import { markRun, sayTrigger } from '../run-state.ts';
import { inMotion } from '../sentences.ts';
import type { History, ModelView } from '../model-view.ts';

/** Everything that the accuracy chart draws on its one axis of time. */
export type ChartData = {
  history: History;
  objective: number | null;
  price: number | null;
  /** Which version was champion when, as far as it had labelled rows. */
  champions: { version: string; from: number; to: number }[];
  alerts: { at: number; tone: 'bad' | 'warn' | 'unknown'; title: string }[];
  runs: { from: number; to: number; mark: Mark; title: string }[];
  /** When it began to get worse, where it has. */
  since: number | null;
};

export function chartData(view: ModelView, history: History): ChartData {
  const { from, to } = history;
  const inRange = (at: number) => at >= from && at <= to;
  const current = inMotion(view);
  return {
    history,
    objective: view.objective?.metric === 'accuracy' ? view.objective.atLeast : null,
    price: view.live.state === 'answers' ? view.live.price : null,
    champions: championSpans(history),
    alerts: view.alerts
      .map((alert) => ({
        at: Date.parse(alert.startsAt),
        tone:
          alert.labels['kind'] === 'silence'
            ? ('unknown' as const)
            : alert.labels['level'] === 'detected'
              ? ('bad' as const)
              : ('warn' as const),
        title: alert.annotations['sentence'] ?? alert.alertname,
      }))
      .filter(({ at }) => inRange(at))
      .toSorted((a, b) => a.at - b.at),
    runs: view.runs
      .map((run) => ({
        from: Math.max(from, Date.parse(run.startedAt)),
        to: Math.min(to, run.endedAt === null ? to : Date.parse(run.endedAt)),
        mark: markRun(run, run === current ? (view.challenger?.share ?? null) : null),
        title: `Run: ${sayTrigger(run)}`,
      }))
      .filter((run) => run.to >= from && run.from <= to)
      .toSorted((a, b) => a.from - b.from),
    since:
      view.health.word === 'worse' && view.health.since !== null && inRange(Date.parse(view.health.since))
        ? Date.parse(view.health.since)
        : null,
  };
}

/** Neighbouring points of one version are one span; a version that comes back is another. */
export function championSpans({ accuracy, stepMs, to }: Pick<History, 'accuracy' | 'stepMs' | 'to'>) {
  const points = accuracy
    .filter(({ role }) => role === 'champion')
    .flatMap(({ version, points: of }) => of.map(([at]) => ({ version, at })))
    .toSorted((a, b) => a.at - b.at);
  const spans: ChartData['champions'] = [];
  for (const { version, at } of points) {
    const last = spans.at(-1);
    if (last?.version === version) last.to = at;
    else {
      if (last !== undefined) last.to = at;
      spans.push({ version, from: at, to: at });
    }
  }
  const last = spans.at(-1);
  if (last !== undefined && to - last.to <= 2.5 * stepMs) last.to = to;
  return spans;
}

/** What the chart that is zoomed draws, in steps from the beginning; the same lines, and where something changed. */
export const zoomData = ({ history, objective, alerts, champions, since }: ChartData): string => {
  const { from, to, stepMs } = history;
  const inSteps = (points: readonly [number, number][]) =>
    points.map(([at, value]) => [Math.round((at - from) / stepMs), Number(value.toFixed(4))]);
  return JSON.stringify({
    from,
    to,
    step: stepMs,
    objective,
    series: [
      ...history.accuracy.map(({ version, role, points }) => ({
        name: role === 'challenger' ? `${version} on trial` : version,
        role,
        points: inSteps(points),
      })),
      ...(history.estimated.length === 0
        ? []
        : [{ name: 'estimated', role: 'expected', points: inSteps(history.estimated) }]),
    ],
    marks: [
      ...alerts.map(({ at, tone }) => ({ at, tone })),
      ...champions.slice(1).map(({ from: at }) => ({ at, tone: 'champion' })),
      ...(since === null ? [] : [{ at: since, tone: 'bad' }]),
    ],
  });
};
