import type { RolloutConfig } from '../../domain/rollout-config.ts';
import { minSamplesOf } from '../../domain/rollout-config.ts';
import type { Check } from '../../domain/rollout.ts';
import type { Arms, Buckets } from './evidence.ts';
import { judgeSampleRatio } from './sample-ratio.ts';
import type { Split } from './sample-ratio.ts';
import { judgeShare } from './judge-share.ts';
import { slowBeyond, slowOf } from './slow-requests.ts';

/** How the counts of a phase came about. */
export type Drawn = Readonly<{
  /** The samples of a canary; null where none were drawn. */
  split: Split | null;
  /** How the champion answered before the rollout, which is what "slow" is measured by; empty where that is unknown. */
  before: Buckets;
}>;

/** What the serving of both arms says: the sample ratio first, then errors, slow and invalid answers. */
export function judgeArms(
  { challenger, champion }: Arms,
  drawn: Drawn,
  rollout: RolloutConfig,
  alpha: number,
): Check[] {
  const { guardrails, errorRateAtMost } = rollout;
  const minSamples = minSamplesOf(rollout);
  const ratio = drawn.split === null ? [] : [judgeSampleRatio(drawn.split)];
  const errors = judgeShare(
    {
      challenger: { events: challenger.errors, trials: challenger.requests },
      champion: { events: champion.errors, trials: champion.requests },
    },
    { alpha, minSamples, ...guardrails.errors, atMost: errorRateAtMost },
    { check: 'errors', events: 'errors', trials: 'requests' },
  );
  const invalid = judgeShare(
    {
      challenger: { events: challenger.invalid, trials: challenger.answers },
      champion: { events: champion.invalid, trials: champion.answers },
    },
    { alpha, minSamples, ...guardrails.invalid },
    { check: 'invalid answers', events: 'invalid', trials: 'answers', named: 'invalid answers' },
  );
  return [
    ...ratio,
    { ...errors, dryRun: guardrails.errors.dryRun },
    judgeLatency({ challenger, champion }, drawn.before, guardrails.latency, { alpha, minSamples }),
    { ...invalid, dryRun: guardrails.invalid.dryRun },
  ];
}

function judgeLatency(
  { challenger, champion }: Arms,
  before: Buckets,
  { times, ...rules }: RolloutConfig['guardrails']['latency'],
  { alpha, minSamples }: { alpha: number; minSamples: number },
): Check {
  const { dryRun } = rules;
  const beyond = slowBeyond(before, times) ?? slowBeyond(champion.buckets, times);
  if (beyond === null)
    return {
      check: 'latency',
      kind: 'inconclusive',
      sentence: 'The champion has answered nothing that slow requests could be measured by.',
      dryRun,
    };
  const judged = judgeShare(
    { challenger: slowOf(challenger.buckets, beyond), champion: slowOf(champion.buckets, beyond) },
    { alpha, minSamples, ...rules, atMost: 0 },
    { check: 'latency', events: `answers slower than ${Math.round(1_000 * beyond)} ms`, trials: 'requests' },
  );
  return { ...judged, dryRun };
}

/** The checks that may withdraw a challenger by chance; its α is shared among them and the phases. */
const CHANCES_A_PHASE = 3;

/**
 * α of one check of one phase, so that the whole rollout keeps its own: half for the guardrails of all phases, a quarter
 * for quality, which is one test over all of them, and the rest for what is left.
 */
export const alphasOf = (
  { alpha }: Pick<RolloutConfig, 'alpha'>,
  phases: number,
): { guardrail: number; quality: number } => ({
  guardrail: (0.75 * alpha) / (CHANCES_A_PHASE * Math.max(1, phases)),
  quality: 0.25 * alpha,
});
