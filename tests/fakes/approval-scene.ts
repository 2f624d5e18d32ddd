import type { FlipExample } from '../../domain/flip.ts';
import type { Check } from '../../training/gate/check.ts';
import type { ConsoleWorld } from './console-world.ts';

type Slice = [value: string, rows: number, champion: number, challenger: number, half: number];
const slices: Slice[] = [
  ['weekday peak', 412, 0.699, 0.83, 0.063],
  ['weekday off-peak', 668, 0.762, 0.861, 0.046],
  ['weekend', 402, 0.749, 0.846, 0.066],
  ['high demand', 371, 0.733, 0.838, 0.067],
  ['price spike', 88, 0.625, 0.659, 0.117],
];

type Answer = [label: string, score: number];
type Flip = [FlipExample['kind'], id: string, was: Answer, is: Answer, at: string, input: Input | null];
type Input = Record<string, number>;
const flips: Flip[] = [
  ['fixed', 'p1', ['DOWN', 0.81], ['UP', 0.93], '2026-11-18T18:30:00.000Z', of(0.71, 0.09, 0.12)],
  ['fixed', 'p2', ['DOWN', 0.77], ['UP', 0.9], '2026-11-19T07:30:00.000Z', of(0.64, 0.08, 0.15)],
  ['fixed', 'p3', ['UP', 0.66], ['DOWN', 0.88], '2026-11-21T12:00:00.000Z', null],
  ['broken', 'p4', ['UP', 0.72], ['DOWN', 0.57], '2026-11-19T17:00:00.000Z', of(0.88, 0.41, 0.09)],
];

function of(demand: number, price: number, transfer: number): Input {
  return { demand, price, transfer };
}

const estimate = (value: number, half: number) => ({
  estimate: value,
  low: value - half,
  high: value + half,
});
const check = (given: Partial<Check> & Pick<Check, 'name' | 'sentence'>): Check => ({
  value: null,
  interval: null,
  bound: null,
  result: 'pass',
  rows: 1_482,
  ...given,
});

const sliceCheck = ([value, rows, champion, challenger, half]: Slice): Check => {
  const { low, high } = estimate(challenger - champion, half);
  return check({
    name: `slice:period=${value}`,
    value: challenger - champion,
    interval: { low, high },
    bound: -0.05,
    rows,
    result: rows < 100 ? 'reported' : 'pass',
    sentence: 'Made up.',
  });
};

/** What the gate has seen of the challenger that waits for a person in `consoleScene`; made up. */
export function judgeChallengerScene(world: ConsoleWorld, runId: string): void {
  const report = {
    challenger: {
      accuracy: estimate(0.848, 0.019),
      macroF1: estimate(0.845, 0.02),
      logLoss: estimate(0.371, 0.031),
    },
    champion: {
      accuracy: estimate(0.741, 0.023),
      macroF1: estimate(0.736, 0.024),
      logLoss: estimate(0.562, 0.044),
    },
    difference: {
      accuracy: estimate(0.107, 0.034),
      macroF1: estimate(0.109, 0.035),
      logLoss: estimate(-0.191, 0.045),
    },
    discordant: { wins: 214, losses: 55 },
    labels: ['UP', 'DOWN'],
    confusion: {
      champion: [
        [477, 276],
        [108, 621],
      ],
      challenger: [
        [645, 108],
        [117, 612],
      ],
    },
    eValue: 3.9e20,
    accuracyBySlice: slices.map(([value, rows, champion, challenger]) => ({
      feature: 'period',
      value,
      rows,
      champion: estimate(champion, 0.04),
      challenger: estimate(challenger, 0.04),
    })),
    checks: [
      ...slices.map(sliceCheck),
      check({ name: 'golden.pinned', rows: 40, sentence: '40 of 40 pinned cases are answered right.' }),
      check({
        name: 'ece.upperBound',
        value: 0.031,
        interval: { low: 0.019, high: 0.047 },
        bound: 0.05,
        side: 'most',
        sentence: 'When it says 90 %, it is right about 90 % of the time: error .031, at most .050.',
      }),
      check({
        name: 'flips',
        value: 0.037,
        interval: { low: 0.028, high: 0.048 },
        bound: 0.06,
        side: 'most',
        sentence:
          'The share of answers that were right and would be wrong is .037, and has to be at most .060.',
      }),
      check({
        name: 'artifact.latency',
        value: 8.1,
        bound: 50,
        rows: 0,
        sentence: 'The slowest answer of a hundred is 8.10 ms, and may be 50 ms at most.',
      }),
    ],
    flips: flips.map(([kind, predictionId, was, is]): FlipExample => ({
      kind,
      predictionId,
      label: kind === 'fixed' ? is[0] : was[0],
      challenger: { label: is[0], score: is[1] },
      champion: { label: was[0], score: was[1] },
    })),
  };
  world.rows.evaluations.set(runId, [
    {
      look: 3,
      rows: 1_482,
      challenger: 'v13',
      champion: 'v12',
      testDigest: 'test-41',
      report,
      verdict: { kind: 'promote', by: 'evidence', sentence: 'Passed the gate: the challenger is better.' },
    },
  ]);
  for (const [, id, , , at, input] of flips) world.rows.inputs.set(id, { input, at });
}
