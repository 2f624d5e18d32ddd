/**
 * ADWIN, adaptive windowing: has the mean of a stream changed, either way?
 *
 * It keeps a window of what has come since the last change, as buckets of 2^r values, at most `max_buckets` of each
 * size, and looks at every cut of it into an older part of n₀ and a newer part of n₁ values:
 *
 *     |mean₀ − mean₁| > ε,   ε = √(2·m·var·δ′) + ⅔·δ′·m
 *     m = 1/(n₀ − min + 1) + 1/(n₁ − min + 1),   δ′ = ln(2·ln(n₀ + n₁) / delta)
 *
 * with the variance of the whole window. Where a cut holds, the oldest buckets fall out until none does: what is left
 * at the drift, `width`, began about when the change did. The update after a drift starts from an empty window.
 *
 * Source: A. Bifet and R. Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007; variances of
 * buckets: B. Babcock et al., PODS 2003. Agrees with river.drift.ADWIN.
 */
import { number, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/**
 * Row r holds `held[r]` buckets of 2^r values, the oldest first, in the slots from r · (max_buckets + 1) on of
 * `totals` and `variances` (sums of squared deviations). Row 0 is the newest.
 */
export type Adwin = StreamState & {
  ticks: number;
  width: number;
  total: number;
  variance: number;
  held: number[];
  totals: number[];
  variances: number[];
};

export const adwin = defineStream({
  name: 'adwin',
  answers: 'Has the mean of the stream changed, up or down?',
  takes: 'number',
  knobs: {
    delta: number(0.002, { above: 0, below: 1 }, 'less is surer and later'),
    clock: whole(32, { atLeast: 1 }, 'a look at every so many values: less is sooner and slower'),
    max_buckets: whole(5, { atLeast: 2 }, 'more cuts to look at: finer, and more memory'),
    min_window_length: whole(5, { atLeast: 1 }, 'the shortest part of a cut: more overlooks bursts'),
    grace_period: whole(10, { atLeast: 0 }, 'no look before so many values'),
  },
  source:
    'A. Bifet, R. Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007; as river.drift.ADWIN',
  memory: '(2 · max_buckets + 3) · (1 + log₂(values since the last drift)) + 4',
  feeds: 'errors',
  example: { drifts: [1055] },
  silentFor: ({ grace_period, min_window_length }) => Math.max(grace_period + 1, 2 * min_window_length),
  start: ({ max_buckets }): Adwin => ({
    drift: false,
    warning: false,
    ticks: 0,
    width: 0,
    total: 0,
    variance: 0,
    held: [0],
    totals: Array.from<number>({ length: max_buckets + 1 }).fill(0),
    variances: Array.from<number>({ length: max_buckets + 1 }).fill(0),
  }),
  copy: (state) => ({
    ...state,
    held: state.held.slice(),
    totals: state.totals.slice(),
    variances: state.variances.slice(),
  }),
  fold:
    ({ delta, clock, max_buckets, min_window_length, grace_period }) =>
    (state, x) => {
      insert(state, x, max_buckets);
      state.ticks += 1;
      state.drift = false;
      if (state.ticks % clock !== 0 || state.width <= grace_period) return;
      while (hasCut(state, delta, max_buckets, min_window_length)) {
        state.drift = true;
        dropOldest(state, max_buckets);
      }
    },
});

function insert(state: Adwin, x: number, maxBuckets: number): void {
  const { held, totals, variances } = state;
  totals[held[0]!] = x;
  variances[held[0]!] = 0;
  held[0]! += 1;
  if (state.width > 0) {
    const away = x - state.total / state.width;
    state.variance += (state.width * away * away) / (state.width + 1);
  }
  state.width += 1;
  state.total += x;
  if (held[0]! > maxBuckets) merge(state, maxBuckets);
}

/** The two oldest buckets of a row that is too full become one of the next row. */
function merge({ held, totals, variances }: Adwin, maxBuckets: number): void {
  const slots = maxBuckets + 1;
  for (let row = 0, size = 1; held[row] === slots; row += 1, size *= 2) {
    if (row + 1 === held.length) {
      held.push(0);
      for (let k = 0; k < slots; k += 1) {
        totals.push(0);
        variances.push(0);
      }
    }
    const at = row * slots;
    const away = totals[at]! / size - totals[at + 1]! / size;
    const into = at + slots + held[row + 1]!;
    totals[into] = totals[at]! + totals[at + 1]!;
    variances[into] = variances[at]! + variances[at + 1]! + (size * size * away * away) / (size + size);
    held[row + 1]! += 1;
    removeFirst(totals, variances, at, slots, 2);
    held[row]! -= 2;
  }
}

/** Does any cut of the window into older and newer show two means? */
function hasCut(
  { held, totals, total, variance, width }: Adwin,
  delta: number,
  maxBuckets: number,
  shortest: number,
): boolean {
  const slots = maxBuckets + 1;
  const deltaPrime = Math.log((2 * Math.log(width)) / delta);
  const meanVariance = variance / width;
  let [n0, n1, total0, total1] = [0, width, 0, total];
  for (let row = held.length - 1; row >= 0; row -= 1) {
    const size = 2 ** row;
    const at = row * slots;
    // The newest bucket is never on its own: there is nothing after it.
    const buckets = row === 0 ? held[0]! - 1 : held[row]!;
    for (let k = 0; k < buckets; k += 1) {
      n0 += size;
      n1 -= size;
      total0 += totals[at + k]!;
      total1 -= totals[at + k]!;
      if (n1 < shortest) return false;
      if (n0 < shortest) continue;
      const m = 1 / (n0 - shortest + 1) + 1 / (n1 - shortest + 1);
      const bound = Math.sqrt(2 * m * meanVariance * deltaPrime) + (2 / 3) * deltaPrime * m;
      if (Math.abs(total0 / n0 - total1 / n1) > bound) return true;
    }
  }
  return false;
}

function dropOldest(state: Adwin, maxBuckets: number): void {
  const { held, totals, variances } = state;
  const slots = maxBuckets + 1;
  const row = held.length - 1;
  const size = 2 ** row;
  const at = row * slots;
  const total = totals[at]!;
  state.width -= size;
  state.total -= total;
  const away = total / size - state.total / state.width;
  state.variance -= variances[at]! + (size * state.width * away * away) / (size + state.width);
  removeFirst(totals, variances, at, slots, 1);
  held[row]! -= 1;
  if (held[row]! > 0) return;
  held.pop();
  totals.length = variances.length = at;
}

/** Moves the buckets of a row to its beginning, and leaves nothing of the old ones behind. */
function removeFirst(totals: number[], variances: number[], at: number, slots: number, count: number): void {
  for (let k = at; k < at + slots; k += 1) {
    const from = k + count;
    totals[k] = from < at + slots ? totals[from]! : 0;
    variances[k] = from < at + slots ? variances[from]! : 0;
  }
}
