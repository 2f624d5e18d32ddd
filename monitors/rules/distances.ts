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

type Shares = {
  /** PromQL of the live shares. */
  live: string;
  /** PromQL of the reference shares, which have every label of the live ones but `window`. */
  reference: string;
  /** The label that tells the bins apart. */
  bin: string;
  /** The other labels that both sides have. */
  on: readonly string[];
};

const aligned = ({ live, reference, bin, on }: Shares) => {
  const match = `on (${[...on, bin].join(', ')}) group_left ()`;
  // Reference shares with the labels of the live ones, so that everything after this matches one to one.
  return { p: live, q: `(0 * ${live} + ${match} ${reference})` };
};

export function psi(shares: Shares): string {
  const { p, q } = aligned(shares);
  const filled = (x: string) => `(${x} > 0 or 0 * ${x} + ${emptyShare})`;
  const [a, b] = [filled(p), filled(q)];
  return `sum without (${shares.bin}) ((${a} - ${b}) * ln(${a} / ${b}))`;
}

export function jensenShannon(shares: Shares): string {
  const { p, q } = aligned(shares);
  const m = `clamp_min((${p} + ${q}) / 2, ${floor})`;
  const part = (x: string) => `${x} * log2(clamp_min(${x}, ${floor}) / ${m})`;
  const divergence = `sum without (${shares.bin}) (${part(p)} + ${part(q)}) / 2`;
  // Rounding can leave a hair below zero where both are the same.
  return `sqrt(clamp_min(${divergence}, 0))`;
}
