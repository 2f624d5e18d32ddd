/**
 * FHDDM, fast Hoeffding drift detection method: has the mean of a sliding window fallen below its highest?
 *
 * u is the mean of the last `sliding_window_size` values and u_max the highest it has been. Drift when
 *
 *     u_max − u > √( ln(1/confidence_level) / (2 · sliding_window_size) )
 *
 * It watches for a fall: feed it 1 for a right answer and 0 for an error. With `short_window_size` a second, shorter
 * window is watched in the same way and either may fire (the stacking variant): sooner on abrupt change.
 *
 * Source: A. Pesaranghader and H. Viktor, "Fast Hoeffding drift detection method for evolving data streams", ECML-PKDD
 * 2016; stacking: A. Pesaranghader et al., Machine Learning 107 (2018). Agrees with river.drift.binary.FHDDM.
 */
import { number, optional, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** `window` is a ring: the value of index i since the last drift stands at i mod its length. */
export type Fhddm = StreamState & {
  n: number;
  window: number[];
  sum: number;
  highest: number;
  shortSum: number;
  shortHighest: number;
};

export const fhddm = defineStream({
  name: 'fhddm',
  answers: 'Has the share of right answers in a sliding window fallen below its highest?',
  takes: 'share',
  knobs: {
    sliding_window_size: whole(100, { atLeast: 1 }, 'more finds smaller falls, later'),
    confidence_level: number(1e-6, { above: 0, below: 1 }, 'less is later and surer'),
    short_window_size: optional(
      whole(25, { atLeast: 1 }, 'a second, shorter window that may fire too: sooner on abrupt falls'),
    ),
  },
  rule: ({ short_window_size, sliding_window_size }) =>
    short_window_size !== null && short_window_size > sliding_window_size
      ? '"short_window_size" must be at most "sliding_window_size"'
      : null,
  source:
    'A. Pesaranghader, H. Viktor, "Fast Hoeffding drift detection method for evolving data streams", ECML-PKDD 2016; as river.drift.binary.FHDDM',
  memory: 'sliding_window_size + 5',
  feeds: 'right answers',
  example: { drifts: [1059] },
  silentFor: ({ sliding_window_size }) => sliding_window_size,
  start: ({ sliding_window_size }): Fhddm => ({
    drift: false,
    warning: false,
    n: 0,
    window: Array.from<number>({ length: sliding_window_size }).fill(0),
    sum: 0,
    highest: 0,
    shortSum: 0,
    shortHighest: 0,
  }),
  copy: (state) => ({ ...state, window: state.window.slice() }),
  fold: ({ sliding_window_size: size, confidence_level, short_window_size: short }) => {
    const bound = (of: number) => Math.sqrt(Math.log(1 / confidence_level) / (2 * of));
    const longBound = bound(size);
    const shortBound = short === null ? 0 : bound(short);
    return (state, x) => {
      const { window } = state;
      const at = state.n % size;
      if (state.n >= size) state.sum -= window[at]!;
      if (short !== null) state.shortSum += x - (state.n >= short ? window[(state.n - short) % size]! : 0);
      window[at] = x;
      state.n += 1;
      state.sum += x;
      state.drift = false;
      if (state.n < size) return;
      const mean = state.sum / size;
      state.highest = Math.max(state.highest, mean);
      state.drift = state.highest - mean > longBound;
      if (short === null) return;
      const shortMean = state.shortSum / short;
      state.shortHighest = Math.max(state.shortHighest, shortMean);
      if (state.shortHighest - shortMean > shortBound) state.drift = true;
    };
  },
});
