import type { ArmCounts } from '../../../monitors/rollout/evidence.ts';
import { conclude } from '../../../monitors/rollout/conclude.ts';
import { alphasOf, judgeArms } from '../../../monitors/rollout/judge-arms.ts';
import { rolloutSchema } from '../../../domain/rollout-config.ts';
import { drawBinomial, uniform } from '../../../statistics/binomial-draw.ts';

/** One canary step under simulated traffic, looked at again and again as the workflow does. */

/** Shares of the requests of one arm: that fail, that are slow, whose answer is invalid. */
export type World = Readonly<{ errors: number; slow: number; invalid: number }>;

export type CanarySettings = Readonly<{
  champion: World;
  challenger: World;
  looks: number;
  /** Requests that reach each arm between two looks. */
  requestsALook: number;
  /** The looks of a step; a success before is not acted on. */
  seed: number;
  canaries: number;
}>;

export type Outcome = Readonly<{
  withdrawn: number;
  promoted: number;
  undecided: number;
  medianLook: number | null;
}>;

/** The phases of the rollout that the step is one of: α is shared among them. */
const PHASES = 4;
const rollout = rolloutSchema.parse({});
const { guardrail: alpha } = alphasOf(rollout, PHASES);
/** Slow is beyond the first of two buckets, of which the champion keeps 99 in 100 requests. */
const [QUICK, SLOW] = [0.1, 0.2];

/** How many of these canaries end how, and after how many looks the median of the withdrawn ones. */
export function simulateCanaries({ canaries, seed, ...settings }: CanarySettings): Outcome {
  const draw = uniform(seed);
  const ended = Array.from({ length: canaries }, () => oneCanary(settings, draw));
  const withdrawnAt = ended
    .flatMap(({ kind, look }) => (kind === 'failed' ? [look] : []))
    .toSorted((a, b) => a - b);
  const shareOf = (kind: string) => ended.filter((one) => one.kind === kind).length / canaries;
  return {
    withdrawn: shareOf('failed'),
    promoted: shareOf('successful'),
    undecided: shareOf('inconclusive') + shareOf('error'),
    medianLook: withdrawnAt[Math.floor(withdrawnAt.length / 2)] ?? null,
  };
}

function oneCanary(
  { champion, challenger, looks, requestsALook }: Omit<CanarySettings, 'canaries' | 'seed'>,
  draw: () => number,
): { kind: string; look: number } {
  let arms = { challenger: none, champion: none };
  let kind = 'inconclusive';
  for (let look = 1; look <= looks; look += 1) {
    // Sticky units fall to either sample as a coin does.
    const toChallenger = drawBinomial(2 * requestsALook, 0.5, draw);
    arms = {
      challenger: grow(arms.challenger, toChallenger, challenger, draw),
      champion: grow(arms.champion, 2 * requestsALook - toChallenger, champion, draw),
    };
    const before = [
      [QUICK, 990],
      [SLOW, 1_000],
      [Infinity, 1_000],
    ] as const;
    const split = {
      challenger: arms.challenger.requests,
      baseline: arms.champion.requests,
      expected: 0.5,
    };
    kind = conclude(judgeArms(arms, { split, before }, rollout, alpha)).kind;
    if (kind === 'failed') return { kind, look };
  }
  return { kind, look: looks };
}

const none: ArmCounts = {
  requests: 0,
  answers: 0,
  errors: 0,
  invalid: 0,
  buckets: [
    [QUICK, 0],
    [SLOW, 0],
    [Infinity, 0],
  ],
};

function grow(arm: ArmCounts, requests: number, world: World, draw: () => number): ArmCounts {
  const slow = drawBinomial(requests, world.slow, draw);
  const [[, quick], [, withinSlow]] = arm.buckets as unknown as [[number, number], [number, number]];
  return {
    requests: arm.requests + requests,
    answers: arm.answers + requests,
    errors: arm.errors + drawBinomial(requests, world.errors, draw),
    invalid: arm.invalid + drawBinomial(requests, world.invalid, draw),
    buckets: [
      [QUICK, quick + requests - slow],
      [SLOW, withinSlow + requests - slow],
      [Infinity, arm.requests + requests],
    ],
  };
}
