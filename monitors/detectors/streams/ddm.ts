/**
 * DDM, drift detection method: has the error rate risen above the lowest that it has been?
 *
 * p is the mean of the errors so far and s = √(p(1 − p)/n). Where p + s is the least so far, remember p_min and s_min:
 *
 *     warning  when p + s > p_min + warning_threshold · s_min
 *     drift    when p + s > p_min + drift_threshold · s_min
 *
 * For errors that rise at once. The mean is over everything since the last drift, so after a long quiet time it rises
 * slowly: a small change late is found late.
 *
 * Source: J. Gama et al., "Learning with drift detection", SBIA 2004. Agrees with river.drift.binary.DDM.
 */
import { number, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

export type Ddm = StreamState & { n: number; p: number; p_min: number; s_min: number; hasMin: boolean };

export const ddm = defineStream({
  name: 'ddm',
  answers: 'Has the error rate risen above the lowest it has been since the last drift?',
  takes: 'share',
  knobs: {
    warm_start: whole(
      30,
      { atLeast: 1 },
      'silent for so many values: less starts sooner, on a rate less sure',
    ),
    warning_threshold: number(2, { above: 0 }, 'standard deviations above the lowest rate: more warns later'),
    drift_threshold: number(
      3,
      { above: 0 },
      'standard deviations above the lowest rate: more is later and surer',
    ),
  },
  source: 'J. Gama et al., "Learning with drift detection", SBIA 2004; as river.drift.binary.DDM',
  memory: '4',
  feeds: 'errors',
  example: { drifts: [1037] },
  silentFor: ({ warm_start }) => warm_start + 1,
  start: (): Ddm => ({ drift: false, warning: false, n: 0, p: 0, p_min: 0, s_min: 0, hasMin: false }),
  fold:
    ({ warm_start, warning_threshold, drift_threshold }) =>
    (state, x) => {
      const n = state.n + 1;
      const p = state.p + (1 / n) * (x - state.p);
      state.n = n;
      state.p = p;
      state.drift = false;
      if (n <= warm_start) return;
      // Rounding may leave p a hair outside of 0 to 1.
      const s = Math.sqrt(Math.max(0, p * (1 - p)) / n);
      if (!state.hasMin || p + s <= state.p_min + state.s_min) {
        state.p_min = p;
        state.s_min = s;
        state.hasMin = true;
      }
      state.drift = p + s > state.p_min + drift_threshold * state.s_min;
      state.warning = !state.drift && p + s > state.p_min + warning_threshold * state.s_min;
    },
});
