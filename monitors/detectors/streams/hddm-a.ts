/**
 * HDDM-A: has the mean of the stream risen, by Hoeffding's bound, since the lowest point of that mean?
 *
 * z̄ is the mean of all n values since the last drift, x̄ the mean of the first m of them, where m is the cut at which
 * mean + bound was least, bound(n) = √(ln(1/drift_confidence) / 2n). Then, for both confidences c:
 *
 *     z̄ − x̄ ≥ √( (n − m)/(m·n) · ln(2/c) / 2 )
 *
 * The cut is always sought with `drift_confidence`. Needs nothing of the values but that they lie in 0 to 1.
 *
 * Source: I. Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding's bounds",
 * IEEE TKDE 27 (2015). Agrees with river.drift.binary.HDDM_A.
 */
import { flag, number } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** Number and mean of all values, of those up to the cut for a rise, and of those up to the cut for a fall. */
export type HddmA = StreamState & {
  n: number;
  mean: number;
  lowN: number;
  lowMean: number;
  highN: number;
  highMean: number;
};

export const hddmA = defineStream({
  name: 'hddm-a',
  answers: 'Has the error rate risen, or with two_sided_test changed, whatever the distribution?',
  takes: 'share',
  knobs: {
    drift_confidence: number(0.001, { above: 0, below: 1 }, 'less is later and surer'),
    warning_confidence: number(0.005, { above: 0, below: 1 }, 'less warns later'),
    two_sided_test: flag(false, 'true finds falls as well as rises'),
  },
  source:
    'I. Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding\'s bounds", IEEE TKDE 27 (2015); as river.drift.binary.HDDM_A',
  memory: '6',
  feeds: 'errors',
  example: { drifts: [1010] },
  silentFor: () => 2,
  start: (): HddmA => ({
    drift: false,
    warning: false,
    n: 0,
    mean: 0,
    lowN: 0,
    lowMean: 0,
    highN: 0,
    highMean: 0,
  }),
  fold: ({ drift_confidence, warning_confidence, two_sided_test }) => {
    const logCut = Math.log(1 / drift_confidence);
    const logDrift = Math.log(2 / drift_confidence);
    const logWarning = Math.log(2 / warning_confidence);
    const bound = (n: number) => Math.sqrt((1 / (2 * n)) * logCut);
    const moved = (by: number, m: number, log: number) => by >= Math.sqrt((m / 2) * log);
    return (state, x) => {
      const n = state.n + 1;
      const mean = state.mean + (1 / n) * (x - state.mean);
      state.n = n;
      state.mean = mean;
      const eps = bound(n);
      if (state.lowN === 0 || state.lowMean + bound(state.lowN) >= mean + eps) {
        state.lowN = n;
        state.lowMean = mean;
      }
      state.drift = false;
      state.warning = false;
      if (state.lowN !== n) {
        const m = ((n - state.lowN) / state.lowN) * (1 / n);
        state.drift = moved(mean - state.lowMean, m, logDrift);
        state.warning = !state.drift && moved(mean - state.lowMean, m, logWarning);
      }
      if (!two_sided_test) return;
      if (state.highN === 0 || state.highMean - bound(state.highN) <= mean - eps) {
        state.highN = n;
        state.highMean = mean;
      }
      if (state.highN === n) return;
      const m = ((n - state.highN) / state.highN) * (1 / n);
      if (moved(state.highMean - mean, m, logDrift)) state.drift = true;
      else if (moved(state.highMean - mean, m, logWarning)) state.warning = true;
    };
  },
});
