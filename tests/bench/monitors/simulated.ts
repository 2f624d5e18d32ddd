import { randomShares } from '../../support/random-shares.ts';

/** Errors of a model: where their rate changes, and whether it rises there. */
export type Simulated = Readonly<{ bits: Uint8Array; changes: readonly { at: number; isRise: boolean }[] }>;

export const simulatedKinds = ['sudden', 'gradual', 'recurring', 'none'] as const;
export type SimulatedKind = (typeof simulatedKinds)[number];

export const ROWS = 6_000;
const [GOOD, BAD] = [0.1, 0.3];
const CHANGE = 3_000;
/** Rows over which a gradual change comes, and of a regime that recurs. */
const [SLOW, REGIME] = [1_000, 1_500];

const rateAt: Readonly<Record<SimulatedKind, (row: number) => number>> = {
  sudden: (row) => (row < CHANGE ? GOOD : BAD),
  gradual: (row) => GOOD + (BAD - GOOD) * Math.min(1, Math.max(0, (row - CHANGE) / SLOW)),
  recurring: (row) => (Math.floor(row / REGIME) % 2 === 0 ? GOOD : BAD),
  none: () => GOOD,
};

const changesOf: Readonly<Record<SimulatedKind, Simulated['changes']>> = {
  sudden: [{ at: CHANGE, isRise: true }],
  gradual: [{ at: CHANGE, isRise: true }],
  recurring: [1, 2, 3].map((k) => ({ at: k * REGIME, isRise: k % 2 === 1 })),
  none: [],
};

export function simulate(kind: SimulatedKind, seed: number): Simulated {
  const random = randomShares(1_000 * simulatedKinds.indexOf(kind) + seed);
  const bits = Uint8Array.from({ length: ROWS }, (_, row) => (random() < rateAt[kind](row) ? 1 : 0));
  return { bits, changes: changesOf[kind] };
}
