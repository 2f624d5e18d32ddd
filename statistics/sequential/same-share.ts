/**
 * Do several groups have one share? The likelihood of each group's counts, mixed over all shares by Jeffreys' prior,
 * against the largest likelihood that one share for all of them reaches:
 *
 *     E = Π_g B(s_g + ½, f_g + ½) / B(½, ½)  /  max_p p^Σs · (1 − p)^Σf
 *
 * While all share one p, E is never above the capital of a fair bet against that p, so that E ≥ 1/α is evidence at level
 * α at any look and with few counts in a group, where χ² is rough.
 *
 * Source: L. Wasserman, A. Ramdas and S. Balakrishnan, "Universal inference", PNAS 117 (2020).
 */
import { logBeta } from '../distributions.ts';
import { checkCounts } from '../invalid-input.ts';

export type Counted = Readonly<{ hits: number; misses: number }>;

/** ln E of groups that do not have one share. */
export function logEOfShares(groups: readonly Counted[]): number {
  let [hits, misses, apart] = [0, 0, 0];
  for (const group of groups) {
    if (group.hits === 0 && group.misses === 0) continue;
    checkCounts('logEOfShares', group.hits, group.hits + group.misses);
    hits += group.hits;
    misses += group.misses;
    apart += logBeta(group.hits + 0.5, group.misses + 0.5) - logBeta(0.5, 0.5);
  }
  const all = hits + misses;
  const together = (part: number) => (part === 0 ? 0 : part * Math.log(part / all));
  return apart - together(hits) - together(misses);
}
