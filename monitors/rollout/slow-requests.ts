/**
 * Latency as a share: a request is slow when it takes longer than `times` the champion's 99th percentile, so a tail that
 * grows is counted like errors are, with the same exact test and no assumption about its distribution. A mean would hide
 * the tail, and a histogram knows a quantile only up to its buckets, so the bound is that of a bucket.
 */
import type { Count } from '../../statistics/sequential/two-shares.ts';
import type { Buckets } from './evidence.ts';

const QUANTILE = 0.99;

/** Seconds beyond which a request is slow, from how the champion answers; null where it has answered nothing. */
export function slowBeyond(champion: Buckets, times: number): number | null {
  const all = champion.at(-1)?.[1] ?? 0;
  if (all === 0) return null;
  const bounds = champion.map(([seconds]) => seconds);
  const finite = bounds.filter((seconds) => Number.isFinite(seconds));
  const [p99 = Infinity] = champion.find(([, upTo]) => upTo >= QUANTILE * all) ?? [];
  return finite.find((seconds) => seconds >= times * p99) ?? finite.at(-1) ?? null;
}

/** How many took longer than a bound that is one of the histogram's. */
export function slowOf(buckets: Buckets, beyond: number): Count {
  const trials = Math.round(buckets.at(-1)?.[1] ?? 0);
  const quick = Math.round(buckets.find(([seconds]) => seconds >= beyond)?.[1] ?? trials);
  return { events: Math.max(0, trials - quick), trials };
}
