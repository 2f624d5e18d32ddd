import { DriftloopError } from '../domain/errors.ts';
import type { MetricsReader, Sample } from '../domain/ports.ts';
import { missingBin, unknownBin } from '../domain/reference-shares.ts';
import { scoreBins } from '../domain/score-bins.ts';
import { maxOf } from '../monitors/rules/absolute-counters.ts';
import { recordedTable } from '../monitors/rules/recorded-table.ts';
import type { RecordedKey } from '../monitors/rules/recorded-table.ts';
import { promDuration, selector } from '../monitors/rules/rule.ts';
import type {
  EstimatedFigures,
  FeatureDrift,
  History,
  Live,
  ScoreCoverage,
  Series,
  SliceFigures,
} from './model-view.ts';

export type Scope = { namespace: string; model: string; windowMs: number; inputWindowMs: number };

/** PromQL of a recorded series of one model; with a window, of that window only. */
export function recordedSeries(
  key: RecordedKey,
  { namespace, model }: Pick<Scope, 'namespace' | 'model'>,
  windowMs?: number,
): string {
  const window = windowMs === undefined ? {} : { window: promDuration(windowMs) };
  return `${recordedTable[key].name}${selector({ namespace, model }, window)}`;
}

const ofAccuracy = (key: RecordedKey, scope: Scope) =>
  `${recordedTable[key].name}${selector(scope, { window: promDuration(scope.windowMs), metric: 'accuracy' })}`;

const queriesOf = (scope: Scope) => {
  const { windowMs, inputWindowMs } = scope;
  const rules = { ...scope, instanceLabels: [] };
  const ofChampion = (promql: string, ...more: string[]) =>
    `${promql} and on (${['namespace', 'model', 'version', ...more].join(', ')}) `;
  const champion = maxOf('championInfo', rules);
  const psi = recordedSeries('championPsi', scope, inputWindowMs);
  return {
    accuracy: recordedSeries('championAccuracy', scope, windowMs),
    labelled: recordedSeries('championLabelledRows', scope, windowMs),
    estimate: ofChampion(recordedSeries('estimatedAccuracy', scope, windowMs)) + champion,
    low: ofChampion(ofAccuracy('estimatedLow', scope)) + champion,
    high: ofChampion(ofAccuracy('estimatedHigh', scope)) + champion,
    trust: ofChampion(recordedSeries('estimatedTrust', scope, windowMs)) + champion,
    regret: recordedSeries('championRegret', scope),
    price: recordedSeries('trainingPrice', scope),
    predictions: `sum(${maxOf('predictions', rules)})`,
    perSecond: `sum(${recordedSeries('predictionRate', scope, windowMs)})`,
    scored: ofChampion(recordedSeries('scorePredictions', scope, windowMs)) + champion,
    scoredLabelled: ofChampion(recordedSeries('scoreLabelled', scope, windowMs)) + champion,
    sliceAccuracy: ofChampion(recordedSeries('sliceAccuracy', scope, windowMs)) + champion,
    sliceRows: ofChampion(recordedSeries('sliceRows', scope, windowMs)) + champion,
    slicePredictions: ofChampion(recordedSeries('slicePredictions', scope, windowMs)) + champion,
    psi,
    rows: ofChampion(recordedSeries('featureRows', scope, inputWindowMs), 'feature') + psi,
    live: ofChampion(recordedSeries('featureShare', scope, inputWindowMs)) + champion,
    reference: ofChampion(maxOf('referenceShare', rules)) + champion,
  };
};

const first = (samples: readonly Sample[]): number | null => {
  const value = samples[0]?.value;
  return value === undefined || !Number.isFinite(value) ? null : value;
};

/** What Prometheus says of a model now. Never throws: a Prometheus that does not answer is an answer of its own. */
export async function readLive(metrics: MetricsReader, scope: Scope): Promise<Live> {
  const queries = queriesOf(scope);
  try {
    const names = Object.keys(queries) as (keyof typeof queries)[];
    const answers = await Promise.all(names.map((name) => metrics.query(queries[name])));
    const of = Object.fromEntries(names.map((name, i) => [name, answers[i]!])) as Record<
      keyof typeof queries,
      Sample[]
    >;
    return {
      state: 'answers',
      windowMs: scope.windowMs,
      inputWindowMs: scope.inputWindowMs,
      accuracy: first(of.accuracy),
      labelledInWindow: first(of.labelled),
      estimated: estimatedOf(of),
      regret: first(of.regret),
      price: first(of.price),
      predictions: first(of.predictions),
      predictionsPerSecond: first(of.perSecond),
      drift: driftOf(of),
      coverage: coverageOf(of),
      slices: slicesOf(of),
    };
  } catch (error) {
    return silent(error);
  }
}

/** What is expected of the champion without labels, where that is known. */
function estimatedOf(of: Record<'estimate' | 'low' | 'high' | 'trust', Sample[]>): EstimatedFigures | null {
  const accuracy = first(of.estimate);
  if (accuracy === null) return null;
  const trust = first(of.trust);
  return {
    accuracy,
    low: first(of.low) ?? 0,
    high: first(of.high) ?? 1,
    trusted: trust === null ? null : trust === 1,
  };
}

export const silent = (error: unknown): Live & { state: 'silent' } => ({
  state: 'silent',
  code: error instanceof DriftloopError ? error.code : 'DL_PROMETHEUS_UNREACHABLE',
  problem: error instanceof Error ? error.message : String(error),
});

/** Bins of scores from low to high. */
function coverageOf(of: Record<'scored' | 'scoredLabelled', Sample[]>): ScoreCoverage[] {
  const inBin = (samples: Sample[], bin: string) =>
    first(samples.filter(({ labels }) => labels['bin'] === bin)) ?? 0;
  return scoreBins
    .map((bin) => ({ bin, predictions: inBin(of.scored, bin), labelled: inBin(of.scoredLabelled, bin) }))
    .filter(({ predictions }) => predictions > 0);
}

/** The values of each slice, in the order of words; those that nothing was asked of are left out. */
function slicesOf(of: Record<'sliceAccuracy' | 'sliceRows' | 'slicePredictions', Sample[]>): SliceFigures[] {
  const figure = (samples: Sample[], { slice, value }: Sample['labels']) =>
    first(samples.filter(({ labels }) => labels['slice'] === slice && labels['value'] === value));
  return of.slicePredictions
    .map(({ labels, value }) => ({
      slice: labels['slice'] ?? '',
      value: labels['value'] ?? '',
      accuracy: figure(of.sliceAccuracy, labels),
      labelled: figure(of.sliceRows, labels) ?? 0,
      predictions: value,
    }))
    .filter(({ predictions, labelled }) => predictions > 0 || labelled > 0)
    .sort((a, b) => (a.slice < b.slice ? -1 : a.slice > b.slice ? 1 : compareBins(a.value, b.value)));
}

/** The features, the one that moved most first. */
function driftOf(of: Record<'psi' | 'rows' | 'live' | 'reference', Sample[]>): FeatureDrift[] {
  const byFeature = (samples: Sample[], feature: string) =>
    samples.filter((sample) => sample.labels['feature'] === feature);
  const shares = (samples: Sample[]) =>
    new Map(samples.map((sample) => [sample.labels['bin'] ?? '', sample.value]));
  return of.psi
    .filter(({ value }) => Number.isFinite(value))
    .map(({ labels, value }) => {
      const feature = labels['feature'] ?? '';
      const reference = shares(byFeature(of.reference, feature));
      const live = shares(byFeature(of.live, feature));
      return {
        feature,
        psi: value,
        rows: first(byFeature(of.rows, feature)),
        bins: [...new Set([...reference.keys(), ...live.keys()])]
          .sort(compareBins)
          .map((bin) => ({ bin, reference: reference.get(bin) ?? 0, live: live.get(bin) ?? 0 }))
          .filter(({ bin, reference, live }) => !isOutside(bin) || reference > 0 || live > 0),
      };
    })
    .sort((a, b) => b.psi - a.psi || (a.feature < b.feature ? -1 : 1));
}

const isOutside = (bin: string) => bin === missingBin || bin === unknownBin;

/** Numbered bins in order, then words, then missing and unknown. */
function compareBins(a: string, b: string): number {
  const rank = (bin: string) => (isOutside(bin) ? 2 : /^\d+$/.test(bin) ? 0 : 1);
  return rank(a) - rank(b) || (rank(a) === 0 ? Number(a) - Number(b) : a < b ? -1 : 1);
}

/** One line over a stretch of time, in about 60 points. Throws where Prometheus does not answer. */
export async function readLine(
  metrics: MetricsReader,
  promql: string,
  { from, to }: { from: number; to: number },
): Promise<[number, number][]> {
  const stepMs = Math.max(1_000, Math.ceil((to - from) / 60 / 1_000) * 1_000);
  const whole = (ms: number) => new Date(Math.floor(ms / stepMs) * stepMs);
  const [line] = await metrics.range(promql, { from: whole(from), to: whole(to), stepMs });
  return finite(line?.points ?? []);
}

/** What stood in Prometheus over a stretch of time, for the chart; null where it does not answer. */
export async function readHistory(
  metrics: MetricsReader,
  scope: Scope,
  { from, to, challenger }: { from: number; to: number; challenger: string | null },
): Promise<History | null> {
  const stepMs = Math.max(1_000, Math.ceil((to - from) / 240 / 1_000) * 1_000);
  // Whole steps, so that a point does not move from one look to the next.
  const inSteps = (ms: number) => ({
    from: new Date(Math.floor(from / ms) * ms),
    to: new Date(Math.floor(to / ms) * ms),
    stepMs: ms,
  });
  const range = inSteps(stepMs);
  const ask = (promql: string) => metrics.range(promql, range);
  const trial =
    challenger === null
      ? null
      : `${recordedTable.accuracy.name}${selector(scope, { window: promDuration(scope.windowMs), version: challenger })}`;
  try {
    const [champions, onTrial, labelled, regret, estimated, slices] = await Promise.all([
      ask(recordedSeries('championAccuracy', scope, scope.windowMs)),
      trial === null ? [] : ask(trial),
      ask(`sum(${recordedSeries('championLabelledRows', scope, scope.windowMs)})`),
      ask(`max(${recordedSeries('championRegret', scope)})`),
      ask(`max(${queriesOf(scope).estimate})`),
      // A line in a row of a table needs no more points than it is wide.
      metrics.range(queriesOf(scope).sliceAccuracy, inSteps(4 * stepMs)),
    ]);
    const series = (role: Series['role']) => (given: Awaited<ReturnType<typeof ask>>[number]) => ({
      version: given.labels['version'] ?? '',
      role,
      points: finite(given.points),
    });
    return {
      from: range.from.getTime(),
      to,
      stepMs,
      accuracy: [...champions.map(series('champion')), ...onTrial.map(series('challenger'))].filter(
        ({ points }) => points.length > 0,
      ),
      labelled: finite(labelled[0]?.points ?? []),
      regret: finite(regret[0]?.points ?? []),
      estimated: finite(estimated[0]?.points ?? []),
      slices: slicesOverTime(slices),
    };
  } catch {
    return null;
  }
}

/** One line a value, over all versions that were champion. */
function slicesOverTime(lines: Awaited<ReturnType<MetricsReader['range']>>): History['slices'] {
  const byValue = new Map<string, History['slices'][number]>();
  for (const { labels, points } of lines) {
    const { slice = '', value = '' } = labels;
    const key = JSON.stringify([slice, value]);
    const line = byValue.get(key) ?? { slice, value, points: [] };
    line.points = [...line.points, ...finite(points)].sort(([a], [b]) => a - b);
    byValue.set(key, line);
  }
  return [...byValue.values()];
}

const finite = (points: readonly [number, number][]) => points.filter(([, value]) => Number.isFinite(value));
