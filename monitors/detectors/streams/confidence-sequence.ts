/**
 * Confidence sequence for a drop: has the mean of values from 0 to 1 fallen, with a false alarm at most `alpha` likely
 * however long and however often one looks?
 *
 * The level m is `expected`, or the lower end of a confidence interval (at alpha/2) of the mean of the first
 * `reference_size` values, less `tolerance`. Against "the mean is still at least m" it bets shares λ = ½, ¼, … 1/256
 * of a capital at every value, from every start s that the drop may have had, with capital 1/(s(s + 1)) for each:
 *
 *     M_λ ← (M_λ + 1/(t(t + 1))) · (1 + λ·(m − x)/(1 − m)),   E = mean of M_λ over λ
 *
 * While the mean is at least m, no bet gains on average, so E ever reaches 1/a with probability at most a (Ville). Drift
 * when E ≥ 1/a with what the reference has left of alpha; a warning when E ≥ 1/warning_alpha. After t quiet values a
 * drop costs 2·ln t in evidence, no more, so a late drop is found nearly as soon as an early one.
 *
 * `mode: up` asks the same of 1 − x: feed it errors to hear of a rise. Where m is 0 nothing can be below it, and it
 * stays silent: give it more reference values, or less tolerance.
 *
 * Sources: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024);
 * starts mixed as in J. Shin et al., "E-detectors", NEJSDS 2 (2024); reference bound as in A. Podkopaev and A. Ramdas,
 * "Tracking the risk of a deployed model", ICLR 2022; A. Maurer and M. Pontil, "Empirical Bernstein bounds", COLT 2009.
 */
import { clopperPearson } from '../../../statistics/proportions.ts';
import { choice, number, optional, whole } from '../knobs.ts';
import { defineStream } from './stream-detector.ts';
import type { StreamState } from './stream-detector.ts';

/** Number, sum and sum of squares of the reference; the level, −1 while it is learnt; values since, and capitals. */
export type ConfidenceSequence = StreamState & {
  n: number;
  sum: number;
  squares: number;
  level: number;
  t: number;
  capitals: number[];
  /** E, the evidence of a drop; at most 1e300. */
  evidence: number;
};

const BETS = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256] as const;
const MOST = 1e300;

export const confidenceSequence = defineStream({
  name: 'confidence-sequence',
  answers:
    'Has the mean fallen, or with mode "up" risen, with a false alarm at most alpha likely for all time?',
  takes: 'share',
  knobs: {
    alpha: number(
      0.05,
      { above: 0, below: 1 },
      'the probability that it ever fires without a drop: less is later',
    ),
    warning_alpha: number(0.2, { above: 0, below: 1 }, 'the same of a warning'),
    reference_size: whole(
      500,
      { atLeast: 2 },
      'learns the level from so many values: more finds smaller drops',
    ),
    expected: optional(
      number(0.9, { atLeast: 0, atMost: 1 }, 'the level, where it is known: then nothing is learnt'),
    ),
    tolerance: number(0, { atLeast: 0, below: 1 }, 'the drop that is ignored'),
    mode: choice(['down', 'up'], 'which way to look'),
  },
  rule: ({ alpha, warning_alpha }) =>
    warning_alpha < alpha ? '"warning_alpha" must be at least "alpha", for a warning comes first' : null,
  source:
    'I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024); A. Podkopaev, A. Ramdas, "Tracking the risk of a deployed model", ICLR 2022',
  memory: '14',
  feeds: 'right answers',
  example: { drifts: [1028] },
  silentFor: ({ reference_size, expected }) => (expected === null ? reference_size + 1 : 1),
  start: ({ expected, tolerance, mode }): ConfidenceSequence => ({
    drift: false,
    warning: false,
    n: 0,
    sum: 0,
    squares: 0,
    level: expected === null ? -1 : Math.max(0, (mode === 'up' ? 1 - expected : expected) - tolerance),
    t: 0,
    capitals: BETS.map(() => 0),
    evidence: 0,
  }),
  copy: (state) => ({ ...state, capitals: state.capitals.slice() }),
  fold: ({ alpha, warning_alpha, reference_size, expected, tolerance, mode }) => {
    const left = expected === null ? alpha / 2 : alpha;
    return (state, given) => {
      const x = mode === 'up' ? 1 - given : given;
      state.drift = false;
      state.warning = false;
      if (state.level < 0) {
        state.n += 1;
        state.sum += x;
        state.squares += x * x;
        if (state.n === reference_size) state.level = Math.max(0, lowerBound(state, alpha / 2) - tolerance);
        return;
      }
      const { level, capitals } = state;
      // A level of 1 is broken by the first value below it: the bet then has no price.
      const gain = level === 1 ? (x < 1 ? MOST : -1) : (level - x) / (1 - level);
      state.t += 1;
      const start = 1 / (state.t * (state.t + 1));
      let total = 0;
      for (let i = 0; i < BETS.length; i += 1) {
        capitals[i] = Math.min(MOST, (capitals[i]! + start) * (1 + BETS[i]! * gain));
        total += capitals[i]! / BETS.length;
      }
      state.evidence = total;
      state.drift = level > 0 && total >= 1 / left;
      state.warning = !state.drift && level > 0 && total >= 1 / warning_alpha;
    };
  },
});

/** A mean that the true one is below with probability at most `alpha`: exact for bits, else by empirical Bernstein. */
function lowerBound({ n, sum, squares }: ConfidenceSequence, alpha: number): number {
  if (sum === squares) return clopperPearson(sum, n, 1 - 2 * alpha).low;
  const mean = sum / n;
  const variance = Math.max(0, (squares - n * mean ** 2) / (n - 1));
  const log = Math.log(2 / alpha);
  return mean - Math.sqrt((2 * variance * log) / n) - (7 * log) / (3 * (n - 1));
}
