/**
 * May a canary step go on? Errors of the challenger are held against `errorRateAtMost`, or against the champion's own
 * error rate over the same time where that is worse: what breaks both is not the challenger's doing.
 *
 *     fewer than `minRequests` on either arm               inconclusive
 *     rate ≤ bound                                         successful
 *     P(X ≥ errors | X ~ Binomial(requests, bound)) < α    failed
 *     otherwise                                            inconclusive: perhaps chance, wait for more requests
 */
import type { Judgement } from '../domain/rollout.ts';
import { binomialCdf } from '../statistics/distributions.ts';

/** What one arm answered during the step. An error is the server's fault (5xx), not the caller's. */
export type ArmTraffic = Readonly<{ requests: number; errors: number }>;

export type CanaryOptions = Readonly<{
  minRequests: number;
  errorRateAtMost: number;
  /** How unlikely so many errors must be by chance before they count; smaller is slower to withdraw. */
  alpha?: number;
}>;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rateOf = ({ requests, errors }: ArmTraffic) => (requests === 0 ? 0 : errors / requests);

export function judgeCanary(
  { challenger, champion }: { challenger: ArmTraffic; champion: ArmTraffic },
  { minRequests, errorRateAtMost, alpha = 0.01 }: CanaryOptions,
): Judgement {
  const seen =
    `the challenger answered ${challenger.requests} requests with ${challenger.errors} errors, ` +
    `the champion ${champion.requests} with ${champion.errors}`;
  // A champion that fails all the time is no excuse for a challenger that does, too.
  const bound = Math.min(0.5, Math.max(errorRateAtMost, rateOf(champion)));
  const rate = rateOf(challenger);
  const chance =
    challenger.errors === 0 ? 1 : 1 - binomialCdf(challenger.errors - 1, challenger.requests, bound);
  if (rate > bound && chance < alpha) {
    return {
      kind: 'failed',
      sentence: `Too many errors: ${seen}; ${percent(rate)} is more than the ${percent(bound)} allowed.`,
    };
  }
  if (challenger.requests < minRequests || champion.requests < minRequests) {
    return {
      kind: 'inconclusive',
      sentence: `Too few requests to judge by (${minRequests} are needed on each side): ${seen}.`,
    };
  }
  return rate <= bound
    ? { kind: 'successful', sentence: `All well: ${seen}.` }
    : { kind: 'inconclusive', sentence: `Not clear yet, it may be chance: ${seen}.` };
}
