/**
 * EDDM, early drift detection method: do the errors come closer together than they used to?
 *
 * p′ and s′ are mean and standard deviation (n − 1) of the distances between errors, in values. Against the greatest
 * p′ + 2s′ so far, at every error after `warm_start` of them:
 *
 *     drift    when (p′ + 2s′) / max < beta
 *     warning  when (p′ + 2s′) / max < alpha
 *
 * Made for slow, gradual change; on a stream that does not change it still fires now and then, for it compares with the
 * best stretch that chance has brought. A warning stays until the next error, also at a drift.
 *
 * Source: M. Baena-García et al., "Early drift detection method", IWKDDS 2006. Agrees with river.drift.binary.EDDM.
 */
import { number, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** `squares` is the sum of the squared deviations of the distances from their mean. */
export type Eddm = StreamState & {
  n: number;
  errors: number;
  lastError: number;
  mean: number;
  squares: number;
  greatest: number;
};

export const eddm = defineStream({
  name: 'eddm',
  answers: 'Do the errors come closer together than in the best stretch since the last drift?',
  takes: 'bit',
  knobs: {
    warm_start: whole(
      30,
      { atLeast: 1 },
      'silent for so many errors: less starts sooner, on distances less sure',
    ),
    alpha: number(
      0.95,
      { above: 0, atMost: 1 },
      'warns below this share of the best stretch: more warns sooner',
    ),
    beta: number(
      0.9,
      { above: 0, atMost: 1 },
      'drift below this share of the best stretch: less is later and surer',
    ),
  },
  rule: ({ alpha, beta }) =>
    alpha < beta ? '"alpha" must be at least "beta", for a warning comes first' : null,
  source: 'M. Baena-García et al., "Early drift detection method", IWKDDS 2006; as river.drift.binary.EDDM',
  memory: '6',
  feeds: 'errors',
  example: { drifts: [269, 558, 833, 1023, 1118, 1222, 1322] },
  silentFor: ({ warm_start }) => warm_start + 1,
  start: (): Eddm => ({
    drift: false,
    warning: false,
    n: 0,
    errors: 0,
    lastError: 0,
    mean: 0,
    squares: 0,
    greatest: -1,
  }),
  fold:
    ({ warm_start, alpha, beta }) =>
    (state, x) => {
      state.n += 1;
      state.drift = false;
      if (x !== 1) return;
      state.errors += 1;
      const distance = state.n - state.lastError;
      state.lastError = state.n;
      const away = distance - state.mean;
      state.mean += (1 / state.errors) * away;
      state.squares += away * (distance - state.mean);
      if (state.n <= warm_start) return;
      const variance = state.errors > 1 ? state.squares / (state.errors - 1) : 0;
      const spread = state.mean + 2 * Math.sqrt(variance);
      if (spread > state.greatest) {
        state.greatest = spread;
        return;
      }
      if (state.errors <= warm_start) return;
      const level = spread / state.greatest;
      if (level < beta) state.drift = true;
      else state.warning = level < alpha;
    },
});
