/**
 * STEPD, statistical test of equal proportions: is the share of right answers of the last few values another than
 * before them?
 *
 * Of n values r are right, of the last w = `min_num_instances` of them r_w. With p̂ = r/n and 1/n′ = 1/(n − w) + 1/w:
 *
 *     T = ( |(r − r_w)/(n − w) − r_w/w| − ½·1/n′ ) / √( p̂(1 − p̂)·1/n′ ),   p = P(Z > |T|)
 *
 * a warning when p < alpha_w, drift when p < alpha_d. Feed it 1 for a right answer. It finds improvements too, and
 * frouros, with which it agrees, divides by nothing where all values are alike and calls that a drift: a stream that
 * makes no errors fires again and again. `ignores_constant` leaves that out, and is what a monitor wants.
 *
 * Source: K. Nishida and K. Yamauchi, "Detecting concept drift using statistical testing", DS 2007. Agrees with
 * frouros.detectors.concept_drift.STEPD.
 */
import { normalQuantile } from '../../../statistics/distributions.ts';
import { flag, number, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** `window` is a ring: the value of index i since the last drift stands at i mod its length. */
export type Stepd = StreamState & { n: number; right: number; window: number[]; windowRight: number };

export const stepd = defineStream({
  name: 'stepd',
  answers: 'Is the share of right answers among the last few values another than before them?',
  takes: 'bit',
  knobs: {
    alpha_d: number(0.003, { above: 0, below: 0.5 }, 'drift below this p-value: less is later and surer'),
    alpha_w: number(0.05, { above: 0, below: 0.5 }, 'warns below this p-value: less warns later'),
    min_num_instances: whole(
      30,
      { atLeast: 2 },
      'the newest values that are compared: more finds less, later',
    ),
    reset_after_drift: flag(true, 'false goes on with the old values after a drift'),
    ignores_constant: flag(false, 'true never fires while all values are alike'),
  },
  rule: ({ alpha_d, alpha_w }) =>
    alpha_w <= alpha_d ? '"alpha_w" must be above "alpha_d", for a warning comes first' : null,
  source:
    'K. Nishida, K. Yamauchi, "Detecting concept drift using statistical testing", DS 2007; as frouros.detectors.concept_drift.STEPD',
  memory: 'min_num_instances + 3',
  feeds: 'right answers',
  example: { drifts: [1011] },
  silentFor: ({ min_num_instances }) => 2 * min_num_instances,
  start: ({ min_num_instances }): Stepd => ({
    drift: false,
    warning: false,
    n: 0,
    right: 0,
    window: Array.from<number>({ length: min_num_instances }).fill(0),
    windowRight: 0,
  }),
  copy: (state) => ({ ...state, window: state.window.slice() }),
  goesOn: ({ reset_after_drift }) => !reset_after_drift,
  fold: ({ alpha_d, alpha_w, min_num_instances: size, ignores_constant }) => {
    const driftAt = -normalQuantile(alpha_d);
    const warningAt = -normalQuantile(alpha_w);
    return (state, x) => {
      const { window } = state;
      const at = state.n % size;
      state.windowRight += x - (state.n >= size ? window[at]! : 0);
      window[at] = x;
      state.n += 1;
      state.right += x;
      state.drift = false;
      state.warning = false;
      if (state.n < 2 * size) return;
      const before = state.n - size;
      const share = state.right / state.n;
      const inverse = 1 / before + 1 / size;
      const isConstant = state.right === 0 || state.right === state.n;
      const difference = Math.abs((state.right - state.windowRight) / before - state.windowRight / size);
      const t = isConstant
        ? ignores_constant
          ? 0
          : Number.MAX_VALUE
        : Math.abs((difference - 0.5 * inverse) / Math.sqrt(share * (1 - share) * inverse));
      state.drift = t > driftAt;
      state.warning = !state.drift && t > warningAt;
    };
  },
});
