import type { Total } from '../../domain/ingest-ports.ts';
import { answeredShare } from '../../domain/version.ts';
import { capSeries } from './cap-series.ts';
import { exportedVersions } from './exported-versions.ts';
import type { MetricsSnapshot, ModelSnapshot } from './metrics-snapshot.ts';
import type { MetricSample } from './sample.ts';
import { versionGroups } from './version-groups.ts';

const eventKinds = ['predictions', 'feedback', 'stored', 'duplicates', 'dead_lettered'] as const;

function groupBy(totals: readonly Total[], key: (total: Total) => string): Map<string, Total[]> {
  const groups = new Map<string, Total[]>();
  for (const total of totals) {
    const group = groups.get(key(total));
    if (group === undefined) groups.set(key(total), [total]);
    else group.push(total);
  }
  return groups;
}

/** What of a snapshot is exported: absolute counters and gauges, each label set once. */
export function samplesOf(snapshot: MetricsSnapshot): MetricSample[] {
  const byModel = groupBy(snapshot.totals, (total) => total.model);
  return [
    ...snapshot.models.flatMap((model) =>
      modelSamples(snapshot, model, byModel.get(model.config.name) ?? []),
    ),
    ...eventSamples(snapshot),
  ];
}

function modelSamples(
  snapshot: MetricsSnapshot,
  model: ModelSnapshot,
  totals: readonly Total[],
): MetricSample[] {
  const byVersion = groupBy(
    totals.filter((total) => total.kind !== 'event'),
    (total) => total.version,
  );
  const groups = exportedVersions(model, byVersion.keys()).map((version) =>
    versionGroups(snapshot, model, version, byVersion.get(version) ?? []),
  );
  // What quality is read from comes first, of every version; then answers; then what is declared a slice; then how sure
  // it was; then inputs, feature by feature; then what is only expected.
  const { samples, capped } = capSeries(
    [
      ...groups.map((g) => g.outcomes),
      ...groups.map((g) => g.predictions),
      ...groups.map((g) => g.happened),
      ...groups.flatMap((g) => g.slices),
      ...groups.flatMap((g) => g.sliceLabels),
      ...groups.map((g) => g.scores),
      ...groups.flatMap((g) => g.features),
      ...groups.map((g) => g.estimated),
    ],
    snapshot.seriesPerModel,
  );
  return [...standingSamples(snapshot.namespace, model, capped), ...samples];
}

function standingSamples(
  namespace: string,
  { config, standing, route, drill }: ModelSnapshot,
  capped: number,
): MetricSample[] {
  const ids = { namespace, model: config.name };
  const samples: MetricSample[] = [
    { metric: 'trainingPrice', labels: ids, value: config.retrain.price },
    { metric: 'labelledRows', labels: ids, value: standing?.labelled ?? 0 },
    { metric: 'cappedSeries', labels: ids, value: capped },
  ];
  if (drill !== null) {
    samples.push({ metric: 'drillTime', labels: ids, value: unixSeconds(drill.at) });
    samples.push({ metric: 'drillOpen', labels: ids, value: drill.isOpen ? 1 : 0 });
    if (drill.latestOpen !== null) {
      const { at, seconds } = drill.latestOpen;
      samples.push({ metric: 'drillOpenTime', labels: ids, value: unixSeconds(at) });
      samples.push({ metric: 'drillSeconds', labels: ids, value: seconds });
    }
  }
  if (standing !== null && standing.champion !== null) {
    const labels = { ...ids, version: standing.champion };
    samples.push({ metric: 'championInfo', labels, value: 1 });
    samples.push({ metric: 'regret', labels, value: standing.regret });
    for (const [detector, { drifts, level, budget }] of Object.entries(standing.streams)) {
      samples.push({ metric: 'detectorDrifts', labels: { ...labels, detector }, value: drifts });
      const suspects = level === 'suspected' ? 1 : 0;
      samples.push({ metric: 'detectorSuspects', labels: { ...labels, detector }, value: suspects });
      if (budget === undefined) continue;
      const isVerified = budget.isVerified ? 1 : 0;
      samples.push({ metric: 'alarmBudgetVerified', labels: { ...labels, detector }, value: isVerified });
    }
  }
  if (route !== null && route.challenger !== null) {
    const { version } = route.challenger;
    const value = answeredShare(route.challenger);
    samples.push({ metric: 'challengerShare', labels: { ...ids, version }, value });
  }
  return samples;
}

const unixSeconds = (at: string): number => Date.parse(at) / 1_000;

function eventSamples({ namespace, totals, models }: MetricsSnapshot): MetricSample[] {
  const counts = new Map<string, number>();
  const key = (model: string, kind: string) => JSON.stringify([model, kind]);
  for (const model of ['', ...models.map((m) => m.config.name)]) {
    for (const kind of eventKinds) counts.set(key(model, kind), 0);
  }
  for (const { kind, model, a, value } of totals) {
    if (kind === 'event') counts.set(key(model, a), (counts.get(key(model, a)) ?? 0) + value);
  }
  return [...counts].map(([at, value]): MetricSample => {
    const [model, kind] = JSON.parse(at) as [string, string];
    return { metric: 'events', labels: { namespace, model, kind }, value };
  });
}
