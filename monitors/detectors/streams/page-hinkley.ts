/**
 * Page–Hinkley test: has the mean of the stream moved away from what it has been?
 *
 * m is the mean of all values since the last drift. Two sums of how far each value lies from it, which forget by
 * `alpha`, are compared with their own extremes:
 *
 *     S ← alpha·S + (x − m − delta),   up    when S − min S > threshold
 *     D ← alpha·D + (x − m + delta),   down  when max D − D > threshold
 *
 * `delta` and `threshold` are in the units of x. The default threshold is meant for errors, 0 or 1: on standard normal
 * noise the test fires by itself within a few thousand values.
 *
 * Source: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954). Agrees with river.drift.PageHinkley.
 */
import { choice, number, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

export type PageHinkley = StreamState & {
  n: number;
  mean: number;
  sumUp: number;
  leastUp: number;
  sumDown: number;
  greatestDown: number;
};

export const pageHinkley = defineStream({
  name: 'page-hinkley',
  answers: 'Has the mean of the stream moved up, down, or either way, from what it has been?',
  takes: 'number',
  knobs: {
    min_instances: whole(
      30,
      { atLeast: 1 },
      'silent for so many values: less starts sooner, on a mean less sure',
    ),
    delta: number(0.005, { atLeast: 0 }, 'the change that is ignored, in the units of the values'),
    threshold: number(50, { above: 0 }, 'in the units of the values: more is later and surer'),
    alpha: number(1 - 0.0001, { above: 0, atMost: 1 }, 'how much of the sums stays: less forgets faster'),
    mode: choice(['both', 'up', 'down'], 'which way to look'),
  },
  source: 'E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); as river.drift.PageHinkley',
  memory: '6',
  feeds: 'errors',
  example: { drifts: [1129] },
  silentFor: ({ min_instances }) => min_instances,
  start: (): PageHinkley => ({
    drift: false,
    warning: false,
    n: 0,
    mean: 0,
    sumUp: 0,
    leastUp: 0,
    sumDown: 0,
    greatestDown: 0,
  }),
  fold: ({ min_instances, delta, threshold, alpha, mode }) => {
    const [looksUp, looksDown] = [mode !== 'down', mode !== 'up'];
    return (state, x) => {
      const n = state.n + 1;
      const mean = state.mean + (1 / n) * (x - state.mean);
      const away = x - mean;
      state.n = n;
      state.mean = mean;
      state.sumUp = alpha * state.sumUp + away - delta;
      state.sumDown = alpha * state.sumDown + away + delta;
      if (n === 1 || state.sumUp < state.leastUp) state.leastUp = state.sumUp;
      if (n === 1 || state.sumDown > state.greatestDown) state.greatestDown = state.sumDown;
      state.drift =
        n >= min_instances &&
        ((looksUp && state.sumUp - state.leastUp > threshold) ||
          (looksDown && state.greatestDown - state.sumDown > threshold));
    };
  },
});
