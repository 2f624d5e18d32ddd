/**
 * What a gate may spend of α, the chance of being wrong, where it asks more than once. Either series sums to α, however
 * often it is asked.
 */

/**
 * What the k-th look at the same versions may spend, by a test that promises something for one look only:
 * α / (k·(k + 1)). All of α where there is no other look.
 */
export const alphaOfLook = (alpha: number, look: number | 'only'): number =>
  look === 'only' ? alpha : alpha / (look * (look + 1));

/**
 * What the k-th challenger that the same rows judge may spend: 6/(π²k²) of α, which is α over all of them. So held-out
 * rows wear out in the open: each further challenger has to be better by more.
 */
export const alphaOfUse = (alpha: number, use: number | undefined): number =>
  use === undefined ? alpha : (6 * alpha) / (Math.PI * use) ** 2;
