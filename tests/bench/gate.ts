/**
 * The gate's honesty and its price: how often it promotes what is no better, however often it is asked; how often it
 * finds what is; what guessing at a held-out set gains; and how long a full gate takes. Seeded.
 */
import { gateSchema } from '../../domain/gate-config.ts';
import { uniform } from '../../statistics/binomial-draw.ts';
import { mcnemar } from '../../statistics/mcnemar.ts';
import { judgeInThread } from '../../infra/gate/judge-in-thread.ts';
import { answeredRows } from '../../training/gate/answered-rows.ts';
import { noGolden } from '../../training/gate/golden-checks.ts';
import { judgeChallenger } from '../../training/gate/judge-challenger.ts';
import { alphaOfUse } from '../../training/gate/judge-gate.ts';
import { attackGain } from './gate/attack.ts';
import { grow, type World } from './gate/pairs.ts';
import type { BenchResults } from './result.ts';
import { wholeOptions } from './whole-options.ts';
import { classification } from '../../domain/task.ts';

const ALPHA = 0.05;
const [LOOKS, ROWS_A_LOOK] = [30, 50];
/** Equal models that differ on a tenth of the rows, and a challenger that is three points better. */
const equal: World = { discordant: 0.1, difference: 0 };
const better: World = { discordant: 0.1, difference: 0.03 };

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('gate', args, {
    gates: { default: 1_000, says: 'strict gates of equal models' },
    rows: { default: 100_000, says: 'rows of the gate that is timed' },
    resamples: { default: 10_000, says: 'its bootstrap resamples' },
  });
  if (options === null) return null;
  const say = (line: string) => void process.stderr.write(`${line}\n`);

  const falsePromotionRate = shareOf(options.gates, 11, (draw) => isPromoted(equal, draw));
  const mcnemarRate = shareOf(options.gates, 11, (draw) => isPromotedByMcnemar(equal, draw));
  const power = shareOf(options.gates, 12, (draw) => isPromoted(better, draw));
  say(`${options.gates} equal challengers, ${LOOKS} looks each: ${percent(falsePromotionRate)} promoted`);
  say(`  by McNemar's test at every look: ${percent(mcnemarRate)}`);
  say(`3 points better: ${percent(power)} promoted within ${LOOKS * ROWS_A_LOOK} rows`);

  const oneSet = reuse(options.gates);
  say(
    `${options.gates} equal challengers on one set of 2,000 rows: ${oneSet.withLedger} promoted with the ledger,`,
  );
  say(
    `  ${oneSet.without} without; in ${percent(oneSet.anyOfFifty)} of 200 sets used fifty times anything was`,
  );

  const attack = attackGain([1, 2, 3, 4, 5]);
  say(
    `guessing labels: ${points(attack.raw)} where scores are told, ${points(attack.ladder)} with the ladder`,
  );

  const timed = await timeGate(options.rows, options.resamples);
  say(
    `a gate on ${options.rows} rows: ${timed.seconds} s; its process was away for ${timed.longestPauseMs} ms at most`,
  );
  return {
    options,
    results: {
      alpha: ALPHA,
      falsePromotionRate,
      mcnemarRate,
      power,
      reuse: oneSet,
      attackGain: attack.ladder,
      attackGainWithout: attack.raw,
      ...timed,
    },
  };
}

const shareOf = (times: number, seed: number, happens: (draw: () => number) => boolean): number => {
  const draw = uniform(seed);
  let count = 0;
  for (let i = 0; i < times; i += 1) if (happens(draw)) count += 1;
  return count / times;
};

/** One strict gate that is looked at again and again. */
function isPromoted(world: World, draw: () => number): boolean {
  let pairs = { wins: 0, losses: 0, rows: 0 };
  for (let look = 0; look < LOOKS; look += 1) {
    pairs = grow(pairs, ROWS_A_LOOK, world, draw);
    const { kind } = judgeChallenger({ ...pairs, kind: 'strict' }, { alpha: ALPHA, patience: Infinity });
    if (kind !== 'hold') return kind === 'promote';
  }
  return false;
}

/** What many do: a test that is meant for one look, at every look. */
function isPromotedByMcnemar(world: World, draw: () => number): boolean {
  let pairs = { wins: 0, losses: 0, rows: 0 };
  for (let look = 0; look < LOOKS; look += 1) {
    pairs = grow(pairs, ROWS_A_LOOK, world, draw);
    if (pairs.wins > pairs.losses && mcnemar(pairs.wins, pairs.losses).exactP < ALPHA) return true;
  }
  return false;
}

/** Equal challengers one after the other on the same rows; and how often fifty of them get one through. */
function reuse(challengers: number) {
  const promotions = (uses: number, seed: number, alphaAt: (use: number) => number) => {
    const draw = uniform(seed);
    let count = 0;
    for (let use = 1; use <= uses; use += 1) {
      const pairs = grow({ wins: 0, losses: 0, rows: 0 }, 2_000, equal, draw);
      const judged = judgeChallenger(
        { ...pairs, kind: 'strict' },
        { alpha: alphaAt(use), patience: Infinity },
      );
      if (judged.kind === 'promote') count += 1;
    }
    return count;
  };
  const ledger = (use: number) => alphaOfUse(ALPHA, use);
  let any = 0;
  for (let set = 0; set < 200; set += 1) if (promotions(50, 100 + set, ledger) > 0) any += 1;
  return {
    withLedger: promotions(challengers, 21, ledger),
    without: promotions(challengers, 21, () => ALPHA),
    anyOfFifty: any / 200,
  };
}

/** A gate with everything asked: 20 slices, bounds of counted and of averaged metrics, gaps, flips. */
async function timeGate(rows: number, resamples: number) {
  const draw = uniform(31);
  const labels = ['A', 'B', 'C'];
  const label = () => labels[Math.floor(draw() * 3)]!;
  const labelled = Array.from({ length: rows }, (_, i) => ({
    label: label(),
    input: { day: `day ${i % 10}`, place: `place ${Math.floor(draw() * 10)}` },
  }));
  const answers = (right: number) =>
    labelled.map((row) => {
      const answer = draw() < right ? row.label : label();
      const sure = 0.5 + draw() / 2;
      return {
        label: answer,
        scores: Object.fromEntries(labels.map((one) => [one, one === answer ? sure : (1 - sure) / 2])),
      };
    });
  const test = answeredRows(classification({ labels }), labelled, answers(0.86), answers(0.84));
  const config = gateSchema.parse({
    slices: ['day', 'place'],
    thresholds: [
      { metric: 'macroF1', lowerBound: 0.8, change: { absolute: -0.01 } },
      { metric: 'logLoss', change: { absolute: 0.05 } },
      { metric: 'brier', change: { relative: 0.05 } },
    ],
    flipsAtMost: 0.2,
    fairness: [{ feature: 'place', gapAtMost: 0.1 }],
  });
  let [last, longest] = [performance.now(), 0];
  const tick = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const watch = setInterval(tick, 5);
  const began = performance.now();
  const { checks, verdict } = await judgeInThread(
    {
      test,
      evidence: test,
      golden: noGolden,
      artifact: null,
    },
    config,
    { kind: 'strict', look: 1, seed: 1, resamples },
  );
  clearInterval(watch);
  return {
    seconds: Number(((performance.now() - began) / 1_000).toFixed(2)),
    longestPauseMs: Math.round(longest),
    checks: checks.length,
    verdict: verdict.kind,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const points = (share: number) => `${(100 * share).toFixed(1)} points`;
