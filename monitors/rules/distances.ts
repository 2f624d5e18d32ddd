/**
 * Distances between the live shares p and the reference shares q of the bins of a feature, in PromQL.
 *
 *     PSI = Σ (p − q) ln(p / q)                     an empty share is taken as 1e-4, without renormalising
 *     JS  = √( (Σ p log₂(p/m) + Σ q log₂(q/m)) / 2 ),  m = (p + q) / 2         0 (same) to 1 (disjoint)
 *
 * The floor inside the logarithm of JS keeps an empty bin from being NaN: 0 · ln(tiny) is 0.
 *
 * Sources: B. Yurdakul, "Statistical properties of population stability index" (2018); J. Lin, "Divergence measures
 * based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991). Reference values: scipy, vectors/drift.
 */
const emptyShare = '1e-4';
const floor = '1e-12';

/** PromQL of live shares p and reference shares q, with the same labels; `bin` tells the bins apart. */
type Shares = Readonly<{ p: string; q: string; bin: string }>;

export function psi({ p, q, bin }: Shares): string {
  const filled = (x: string) => `(${x} > 0 or 0 * ${x} + ${emptyShare})`;
  return `sum without (${bin}) ((${filled(p)} - ${filled(q)}) * ln(${filled(p)} / ${filled(q)}))`;
}

export function jensenShannon({ p, q, bin }: Shares): string {
  const m = `clamp_min((${p} + ${q}) / 2, ${floor})`;
  const part = (x: string) => `${x} * log2(clamp_min(${x}, ${floor}) / ${m})`;
  // Rounding can leave a hair below zero where both are the same.
  return `sqrt(clamp_min(sum without (${bin}) (${part(p)} + ${part(q)}) / 2, 0))`;
}

/** PromQL: the reference shares of the bins that are there now, with the labels of the live ones. */
export const referenceOf = (live: string, reference: string, on: readonly string[]): string =>
  `0 * ${live} + on (${on.join(', ')}) group_left () ${reference}`;
