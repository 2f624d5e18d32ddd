/**
 * CUSUM, cumulative sums: has the mean of the stream moved away from a level that is known or was learnt?
 *
 * With z = (x − mean) / deviation, two sums that never fall below nothing:
 *
 *     up ← max(0, up + z − slack),   down ← max(0, down − z − slack),   drift when either > limit
 *
 * The quickest of all tests for a shift of about 2·slack deviations. On independent normal values without a change, one
 * side fires about every (e^(2·slack·b) − 2·slack·b − 1) / (2·slack²) values, b = limit + 1.166: every 940 for a limit
 * of 5 and a slack of ½, every 19,000 for 8, and two sides twice as often.
 *
 * Mean and deviation are learnt from the first `warm_start` values, and from more while all are alike, unless given.
 *
 * Sources: E. S. Page, Biometrika 41 (1954); run lengths: D. Siegmund, "Sequential analysis" (1985).
 */
import { choice, number, optional, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** Number, mean and sum of squared deviations of the values learnt from; then the two sums. */
export type Cusum = StreamState & {
  isLearning: boolean;
  n: number;
  mean: number;
  squares: number;
  up: number;
  down: number;
};

export const cusum = defineStream({
  name: 'cusum',
  answers:
    'Has the mean of the stream moved away from a level that is known, or was learnt at its beginning?',
  takes: 'number',
  knobs: {
    warm_start: whole(
      100,
      { atLeast: 2 },
      'learns from so many values: less starts sooner, on a level less sure',
    ),
    mean: optional(number(0, {}, 'the level, where it is known')),
    deviation: optional(number(1, { above: 0 }, 'the standard deviation around it, where it is known')),
    slack: number(0.5, { atLeast: 0 }, 'the shift that is ignored, in deviations: half of the one to find'),
    limit: number(8, { above: 0 }, 'in deviations: more is later and surer'),
    warning_limit: number(5, { above: 0 }, 'in deviations: more warns later'),
    mode: choice(['both', 'up', 'down'], 'which way to look'),
  },
  rule: ({ limit, warning_limit }) =>
    warning_limit > limit ? '"warning_limit" must be at most "limit", for a warning comes first' : null,
  source:
    'E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); run lengths: D. Siegmund, "Sequential analysis" (1985)',
  memory: '5',
  feeds: 'errors',
  example: { drifts: [1004] },
  silentFor: ({ warm_start, mean, deviation }) => (mean === null || deviation === null ? warm_start + 1 : 1),
  start: ({ mean, deviation }): Cusum => ({
    drift: false,
    warning: false,
    isLearning: mean === null || deviation === null,
    n: 0,
    mean: 0,
    squares: 0,
    up: 0,
    down: 0,
  }),
  fold: ({ warm_start, mean, deviation, slack, limit, warning_limit, mode }) => {
    const [looksUp, looksDown] = [mode !== 'down', mode !== 'up'];
    return (state, x) => {
      state.drift = false;
      state.warning = false;
      if (state.isLearning) {
        state.n += 1;
        const away = x - state.mean;
        state.mean += away / state.n;
        state.squares += away * (x - state.mean);
        state.isLearning = state.n < warm_start || state.squares === 0;
        return;
      }
      const level = mean ?? state.mean;
      const z = (x - level) / (deviation ?? Math.sqrt(state.squares / (state.n - 1)));
      if (looksUp) state.up = Math.max(0, state.up + z - slack);
      if (looksDown) state.down = Math.max(0, state.down - z - slack);
      const farthest = Math.max(state.up, state.down);
      state.drift = farthest > limit;
      state.warning = !state.drift && farthest > warning_limit;
    };
  },
});
