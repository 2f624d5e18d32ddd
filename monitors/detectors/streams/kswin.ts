/**
 * KSWIN, Kolmogorov–Smirnov windowing: is the distribution of the newest values another than that of those before?
 *
 * Of a window of `window_size` values, the newest `stat_size` are compared with as many drawn at random, without
 * replacement, from the others. Drift when the exact two-sided p-value is at most alpha and D > 0.1. After a drift the
 * window is empty.
 *
 * Finds changes of shape and spread, not only of the mean. It tests at every value, so even with alpha at .005 it
 * fires about once in two hundred values without any change: a question for triage more than an alarm.
 *
 * The draws come from `seed` alone, begun anew after each drift.
 *
 * Source: C. Raab et al., "Reactive soft prototype computing for concept drift streams", Neurocomputing 416 (2020).
 * Agrees with river.drift.KSWIN for the same draws.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { smirnovTail } from '../../../statistics/kolmogorov.ts';
import { number, whole } from '../knobs.ts';
import { widestGaps } from '../samples/ks.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** `window` is a ring: the value of index i since the last drift stands at i mod its length. */
export type Kswin = StreamState & { n: number; window: number[]; random: readonly number[] };

/** A gap that is no wider is nobody's business, whatever its p-value. */
const LEAST_GAP = 0.1;

export const kswin = defineStream({
  name: 'kswin',
  answers: 'Is the distribution of the newest values another than that of the values before them?',
  takes: 'number',
  knobs: {
    alpha: number(0.005, { above: 0, below: 1 }, 'the p-value of a drift: less is later and surer'),
    window_size: whole(100, { atLeast: 2 }, 'how far back the comparison reaches'),
    stat_size: whole(30, { atLeast: 1 }, 'how many values are compared: more finds less, later'),
    seed: whole(0, { atLeast: 0 }, 'of the draws: the same seed gives the same answers'),
  },
  rule: ({ window_size, stat_size }) =>
    2 * stat_size > window_size ? '"stat_size" must be at most half of "window_size"' : null,
  source:
    'C. Raab et al., "Reactive soft prototype computing for concept drift streams", Neurocomputing 416 (2020); as river.drift.KSWIN for the same draws',
  memory: 'window_size + 5',
  feeds: 'errors',
  example: { drifts: [1022] },
  silentFor: ({ window_size }) => window_size,
  start: ({ window_size, seed }): Kswin => ({
    drift: false,
    warning: false,
    n: 0,
    window: Array.from<number>({ length: window_size }).fill(0),
    random: seeded(seed),
  }),
  copy: (state) => ({ ...state, window: state.window.slice() }),
  fold: ({ alpha, window_size, stat_size }) => {
    const driftAt = leastDrift(stat_size, alpha);
    const oldCount = window_size - stat_size;
    const old = new Int32Array(oldCount);
    const drawn = new Float64Array(stat_size);
    const newest = new Float64Array(stat_size);
    return (state, x) => {
      const { window } = state;
      window[state.n % window_size] = x;
      state.n += 1;
      state.drift = false;
      if (state.n < window_size) return;
      const generator = xoroshiro128plusFromState(state.random);
      for (let i = 0; i < oldCount; i += 1) old[i] = i;
      for (let i = 0; i < stat_size; i += 1) {
        const k = i + Math.floor(((generator.next() >>> 0) / 2 ** 32) * (oldCount - i));
        const at = old[k]!;
        old[k] = old[i]!;
        drawn[i] = window[(state.n + at) % window_size]!;
        newest[i] = window[(state.n + oldCount + i) % window_size]!;
      }
      state.random = generator.getState();
      const { above, below } = widestGaps(drawn.sort(), newest.sort());
      state.drift = Math.round(Math.max(above, below) * stat_size) >= driftAt;
    };
  },
});

/** Seeds that are near each other begin alike; a jump leaves that behind. */
function seeded(seed: number): readonly number[] {
  const generator = xoroshiro128plus(seed);
  generator.jump();
  return generator.getState();
}

/** The least gap, in values out of `n`, that is a drift; one more than `n` where none is. */
function leastDrift(n: number, alpha: number): number {
  let least = Math.floor(LEAST_GAP * n) + 1;
  while (least <= n && smirnovTail(n, n, least, true) > alpha) least += 1;
  return least;
}
