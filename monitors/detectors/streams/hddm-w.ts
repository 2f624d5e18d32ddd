/**
 * HDDM-W: has the weighted mean of the stream risen, by McDiarmid's bound, since its lowest point?
 *
 * Means forget: mean ← λ·x + (1 − λ)·mean, begun anew with x wherever the mean is 0 (as River does), and b, the sum of the squared weights,
 * b ← λ² + (1 − λ)²·b from 1. The stream is cut where mean + √(b·ln(1/drift_confidence)/2) was least; before the cut
 * stand mean₁ and b₁, after it a new mean₂ and b₂. For both confidences c:
 *
 *     mean₂ − mean₁ > √( (b₁ + b₂)·ln(1/c) / 2 )
 *
 * Sooner than HDDM-A on gradual change, for it forgets; `lambda_val` says how fast.
 *
 * Source: I. Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding's bounds",
 * IEEE TKDE 27 (2015). Agrees with river.drift.binary.HDDM_W.
 */
import { flag, number } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** Means and sums of squared weights: of all values; up to the cut for a rise (low) or a fall (high), and after it. */
export type HddmW = StreamState & {
  n: number;
  mean: number;
  weight: number;
  lowMean: number;
  lowWeight: number;
  lowPoint: number;
  sinceLowMean: number;
  sinceLowWeight: number;
  highMean: number;
  highWeight: number;
  highPoint: number;
  sinceHighMean: number;
  sinceHighWeight: number;
};

export const hddmW = defineStream({
  name: 'hddm-w',
  answers: 'Has the recent error rate risen, or with two_sided_test changed, whatever the distribution?',
  takes: 'share',
  knobs: {
    drift_confidence: number(0.001, { above: 0, below: 1 }, 'less is later and surer'),
    warning_confidence: number(0.005, { above: 0, below: 1 }, 'less warns later'),
    lambda_val: number(
      0.05,
      { above: 0, below: 1 },
      'the weight of the newest value: more forgets faster and finds less',
    ),
    two_sided_test: flag(false, 'true finds falls as well as rises'),
  },
  source:
    'I. Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding\'s bounds", IEEE TKDE 27 (2015); as river.drift.binary.HDDM_W',
  memory: '13',
  feeds: 'errors',
  example: { drifts: [1023] },
  silentFor: () => 2,
  start: (): HddmW => ({
    drift: false,
    warning: false,
    n: 0,
    mean: 0,
    weight: 1,
    lowMean: 0,
    lowWeight: 1,
    lowPoint: 0,
    sinceLowMean: 0,
    sinceLowWeight: 1,
    highMean: 0,
    highWeight: 1,
    highPoint: 0,
    sinceHighMean: 0,
    sinceHighWeight: 1,
  }),
  fold: ({ drift_confidence, warning_confidence, lambda_val, two_sided_test }) => {
    const logDrift = Math.log(1 / drift_confidence);
    const logWarning = Math.log(1 / warning_confidence);
    const keep = 1 - lambda_val;
    const square = lambda_val * lambda_val;
    const keepSquare = keep ** 2;
    const weighted = (mean: number, x: number) => (mean === 0 ? x : lambda_val * x + keep * mean);
    const bound = (weight: number, log: number) => Math.sqrt((weight * log) / 2);
    return (state, x) => {
      state.n += 1;
      state.mean = weighted(state.mean, x);
      state.weight = square + keepSquare * state.weight;
      const eps = bound(state.weight, logDrift);
      state.drift = false;
      state.warning = false;

      if (state.n === 1 || state.mean + eps < state.lowPoint) {
        state.lowPoint = state.mean + eps;
        state.lowMean = state.mean;
        state.lowWeight = state.weight;
        state.sinceLowMean = 0;
        state.sinceLowWeight = 1;
      } else {
        state.sinceLowMean = weighted(state.sinceLowMean, x);
        state.sinceLowWeight = square + keepSquare * state.sinceLowWeight;
        const rise = state.sinceLowMean - state.lowMean;
        const weights = state.lowWeight + state.sinceLowWeight;
        state.drift = rise > bound(weights, logDrift);
        state.warning = !state.drift && rise > bound(weights, logWarning);
      }

      if (!two_sided_test) return;
      if (state.n === 1 || state.mean - eps > state.highPoint) {
        state.highPoint = state.mean - eps;
        state.highMean = state.mean;
        state.highWeight = state.weight;
        state.sinceHighMean = 0;
        state.sinceHighWeight = 1;
      } else {
        state.sinceHighMean = weighted(state.sinceHighMean, x);
        state.sinceHighWeight = square + keepSquare * state.sinceHighWeight;
        const fall = state.highMean - state.sinceHighMean;
        const weights = state.highWeight + state.sinceHighWeight;
        if (fall > bound(weights, logDrift)) state.drift = true;
        else if (fall > bound(weights, logWarning)) state.warning = true;
      }
    };
  },
});
