import { servingMetrics } from '../domain/names.ts';
import type { MetricsReader, Sample } from '../domain/ports.ts';
import type { Stage } from '../domain/rollout.ts';
import type { ArmCounts, Arms, Buckets } from '../monitors/rollout/evidence.ts';
import type { Split } from '../monitors/rollout/sample-ratio.ts';

/** What Prometheus has counted of both arms during a phase, and whether it can be believed. */
export type Evidence = {
  arms: Arms;
  /** The samples of a canary, where they were made of one size; else null. */
  split: Split | null;
  /** How the champion answered in the hour before the rollout; empty where that is unknown. */
  before: Buckets;
  /** Share of the servers that have the challenger loaded. */
  ready: number;
};

export type EvidenceWish = {
  namespace: string;
  model: string;
  version: string;
  champion: string;
  stage: Stage;
  /** Whether the arms were drawn by entity. */
  isSticky: boolean;
  /** When the phase began, and the whole rollout; ms since 1970. */
  sinceMs: number;
  begunMs: number;
  nowMs: number;
  /** Counters that were last scraped longer ago than this are no evidence. */
  staleAfterMs: number;
};

/** What is not there, in a sentence: no evidence is never success. */
export type Blackout = { blackout: string };

const HOUR_MS = 3_600_000;
/** The share of the challenger among both samples, which are of one size. */
const EQUAL = 0.5;

/**
 * Everything that the serving of a phase is judged by, in one look.
 *
 * @throws DL_PROMETHEUS_UNREACHABLE, DL_PROMETHEUS_REFUSED
 */
export async function readEvidence(metrics: MetricsReader, wish: EvidenceWish): Promise<Evidence | Blackout> {
  const { stage, nowMs, sinceMs, begunMs, version, champion, staleAfterMs } = wish;
  const of = (v: string, arm: string) => ({ ...wish, selector: `version="${v}",arm=~"${arm}"` });
  const onTrial = of(version, stage.phase === 'shadow' ? 'shadow' : 'challenger');
  const its = { forMs: nowMs - sinceMs, endedMs: 0 };
  const sampled = stage.phase === 'canary' && stage.share <= 0.5;
  const [age, challenger, compared, before, ready, units] = await Promise.all([
    ageOf(metrics, onTrial),
    countsOf(metrics, onTrial, its),
    stage.phase === 'bake'
      ? // It answers nothing any more: what it answered until then stands for it.
        countsOf(metrics, of(champion, 'champion|baseline'), {
          forMs: Math.max(HOUR_MS, sinceMs - begunMs),
          endedMs: nowMs - sinceMs,
        })
      : countsOf(metrics, of(champion, stage.phase === 'canary' ? 'baseline' : 'champion'), its),
    bucketsOf(metrics, of(champion, 'champion|baseline'), { forMs: HOUR_MS, endedMs: nowMs - begunMs }),
    readyOf(metrics, wish),
    sampled && wish.isSticky ? unitsOf(metrics, onTrial, of(champion, 'baseline'), its) : null,
  ]);
  if (age === null) return { blackout: `Prometheus has no series of requests to ${version}.` };
  if (1_000 * age > staleAfterMs)
    return { blackout: `The newest count of requests to ${version} is ${Math.round(age)} seconds old.` };
  if (ready === null) return { blackout: 'No server says which versions it has loaded.' };
  const requests = { challenger: challenger.requests, baseline: compared.requests, expected: EQUAL };
  return {
    arms: { challenger, champion: compared },
    split: sampled ? (units ?? requests) : null,
    before,
    ready,
  };
}

type Series = Pick<EvidenceWish, 'namespace' | 'model'> & { selector: string };
/** A stretch of so many ms that ended so many ms ago. */
type Stretch = { forMs: number; endedMs: number };

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1_000));
const selected = (metric: string, { namespace, model, selector }: Series) =>
  `${metric}{namespace="${namespace}",model="${model}",${selector}}`;
const increase = (metric: string, series: Series, { forMs, endedMs }: Stretch) =>
  `increase(${selected(metric, series)}[${seconds(forMs)}s]${endedMs > 0 ? ` offset ${seconds(endedMs)}s` : ''})`;

async function countsOf(metrics: MetricsReader, series: Series, stretch: Stretch): Promise<ArmCounts> {
  const grown = (metric: string) => increase(metric, series, stretch);
  const [byCode, buckets, invalid, answers] = await Promise.all([
    metrics.query(`sum by (code) (${grown(servingMetrics.requests)})`),
    bucketsOf(metrics, series, stretch),
    metrics.query(`sum(${grown(servingMetrics.invalidOutputs)})`),
    metrics.query(`sum(${grown(servingMetrics.instances)})`),
  ]);
  const total = (samples: readonly Sample[]) =>
    Math.round(samples.reduce((sum, { value }) => sum + value, 0));
  const wrong = total(invalid);
  return {
    requests: total(byCode),
    errors: total(byCode.filter(({ labels }) => labels['code']?.startsWith('5'))),
    answers: total(answers) + wrong,
    invalid: wrong,
    buckets,
  };
}

/** Every server counts the entities that it meets, and a restarted one those that it meets again. */
async function unitsOf(
  metrics: MetricsReader,
  onTrial: Series,
  baseline: Series,
  stretch: Stretch,
): Promise<Split> {
  const counted = `resets(${selected(servingMetrics.trialUnits, onTrial)}[${seconds(stretch.forMs)}s])`;
  const [ours, theirs, counters] = await Promise.all([
    metrics.query(`sum(${increase(servingMetrics.trialUnits, onTrial, stretch)})`),
    metrics.query(`sum(${increase(servingMetrics.trialUnits, baseline, stretch)})`),
    metrics.query(`count(${counted}) + sum(${counted})`),
  ]);
  return {
    challenger: Math.round(ours[0]?.value ?? 0),
    baseline: Math.round(theirs[0]?.value ?? 0),
    expected: EQUAL,
    of: 'entities',
    repeats: Math.max(1, counters[0]?.value ?? 1),
  };
}

async function bucketsOf(metrics: MetricsReader, series: Series, stretch: Stretch): Promise<Buckets> {
  const samples = await metrics.query(
    `sum by (le) (${increase(`${servingMetrics.requestSeconds}_bucket`, series, stretch)})`,
  );
  return samples
    .map(({ labels, value }) => [Number(labels['le']?.replace('+Inf', 'Infinity')), value] as const)
    .toSorted(([a], [b]) => a - b);
}

/** Seconds since the newest count of requests to the version was read; null where there is none. */
async function ageOf(metrics: MetricsReader, series: Series): Promise<number | null> {
  const counts = selected(servingMetrics.requests, series);
  const [sample] = await metrics.query(`time() - max(timestamp(${counts}))`);
  return sample?.value ?? null;
}

async function readyOf(
  metrics: MetricsReader,
  { namespace, model, version }: EvidenceWish,
): Promise<number | null> {
  const labels = `namespace="${namespace}",model="${model}"`;
  const [sample] = await metrics.query(
    `sum(max by (instance) (${servingMetrics.versionLoaded}{${labels},version="${version}"})) / count(${servingMetrics.routeGeneration}{${labels}})`,
  );
  return sample === undefined ? null : Math.min(1, sample.value);
}
