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
import { rowsForLooks } from '../../training/gate/holdout-budget.ts';
import { table } from '../../cli/output.ts';
import { attackGain } from './gate/attack.ts';
import { courseOf, streams } from './gate/patience.ts';
import { poisonedShares } from './gate/poisoning.ts';
import { promotedOnOneSet, setsThatPromote } from './gate/reuse.ts';
import { grow, type World } from './gate/pairs.ts';
import type { BenchResults } from './result.ts';
import { wholeOptions } from './whole-options.ts';
import { classification } from '../../domain/task.ts';

const ALPHA = 0.05;
const [LOOKS, ROWS_A_LOOK] = [30, 50];
const ROWS_OF_ONE_SET = 2_000;
const ROWS_OF_POWER = [250, 500, 1_000, 1_500, 3_000];
/** Of the paper: a point off at most, a tenth of the answers may differ. */
const EASE_ML = { looks: 32, p: 0.1, epsilon: 0.01, delta: 1e-4 };
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

  const powers = powerTable(options.gates);
  say(`\nPower: challengers that are better, answers differ on a tenth of the rows, a look every 50 rows`);
  say(
    table([
      ['better by', ...ROWS_OF_POWER.map((rows) => `${rows} rows`)],
      ...powers.map(({ difference, promoted }) => [points(difference), ...promoted.map(percent)]),
    ]),
  );

  const patience = Object.entries(streams).map(([stream, world]) => ({
    stream,
    strict: courseOf('strict', world, { gates: options.gates, seed: 41 }),
    patient: courseOf('patient', world, { gates: options.gates, seed: 42 }),
  }));
  say(`\nThe patient gate of the regret policy and a strict one, with and without drift, within 1,500 rows`);
  say(
    table([
      ['stream', 'strict promotes', 'after', 'excess errors', 'patient promotes', 'after', 'excess errors'],
      ...patience.map(({ stream, strict, patient }) => [
        stream,
        ...[strict, patient].flatMap(({ promoted, rows, excessErrors }) => [
          percent(promoted),
          `${rows} rows`,
          String(excessErrors),
        ]),
      ]),
    ]),
  );

  const poisoned = poisonings(Math.round(options.gates / 4));
  say(`\nA source that flips labels to make an equal challenger look better, 1,500 rows`);
  say(
    table([
      ['of the labels', 'its share', 'believed: promoted', 'checked: promoted', 'held for it'],
      ...poisoned.map(({ flips, ofSource, believed, checked }) => [
        percent(flips),
        percent(ofSource),
        percent(believed.promoted),
        percent(checked.promoted),
        percent(checked.heldForSource),
      ]),
    ]),
  );

  const sizes = (['none', 'full'] as const).map((adaptivity) => ({
    adaptivity,
    rows: rowsForLooks(EASE_ML.looks, { ...EASE_ML, adaptivity }),
  }));
  say(`\nRows for ${EASE_ML.looks} questions to one point, one in 10,000 wrong (ease.ml/ci): `);
  say(
    table([
      ['each question', 'rows', 'the paper'],
      ['fixed beforehand', String(sizes[0]!.rows), '29 K'],
      ['may depend on every answer', String(sizes[1]!.rows), '67 K'],
    ]),
  );

  const ofOneSet = reuse(options.gates);
  say('');
  say(
    `Sets of ${ROWS_OF_ONE_SET} held-out rows that promote any of the equal challengers they are asked about:`,
  );
  say(
    table([
      ['challengers', 'with the ledger', 'without'],
      [
        String(options.gates),
        `${percent(ofOneSet.anyOfThousand)}, ${ofOneSet.judged} judged`,
        percent(ofOneSet.anyOfThousandWithout),
      ],
      ['50', percent(ofOneSet.anyOfFifty), percent(ofOneSet.anyOfFiftyWithout)],
    ]),
  );

  const attack = attackGain([1, 2, 3, 4, 5]);
  say(
    `guessing labels: ${points(attack.without)} gained without the ledger, ${points(attack.ledger)} with it`,
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
      powerByRows: powers,
      patience,
      poisoned,
      easeMlRows: Object.fromEntries(sizes.map(({ adaptivity, rows }) => [adaptivity, rows])),
      reuse: ofOneSet,
      attackGain: attack.ledger,
      attackGainWithout: attack.without,
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
function isPromoted(world: World, draw: () => number, looks = LOOKS): boolean {
  let pairs = { wins: 0, losses: 0, rows: 0 };
  for (let look = 0; look < looks; look += 1) {
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

/** How many better challengers are found by so many rows. */
function powerTable(gates: number) {
  return [0.01, 0.02, 0.03, 0.05].map((difference) => ({
    difference,
    promoted: ROWS_OF_POWER.map((rows) =>
      shareOf(gates, 13, (draw) => isPromoted({ discordant: 0.1, difference }, draw, rows / ROWS_A_LOOK)),
    ),
  }));
}

/** Gates that are steered, as they are and as they would be if they believed everybody. */
function poisonings(times: number) {
  const trusting = { trustedSources: ['steering', 'honest', 'other'] };
  return [
    { flips: 0, ofSource: 0.5 },
    { flips: 0.01, ofSource: 0.5 },
    { flips: 0.02, ofSource: 0.5 },
    { flips: 0.05, ofSource: 0.5 },
    { flips: 0.05, ofSource: 0.2 },
  ].map(({ flips, ofSource }) => {
    const steered = { rows: 1_500, world: equal, ofSource, flips };
    return {
      flips,
      ofSource,
      believed: poisonedShares(times, steered, trusting),
      checked: poisonedShares(times, steered),
    };
  });
}

/** Equal challengers one after the other on the same rows, as in the product and as if nobody kept a ledger. */
function reuse(challengers: number) {
  const rows = ROWS_OF_ONE_SET;
  const anyOf = (sets: number, many: number, hasLedger: boolean) =>
    setsThatPromote(sets, { rows, challengers: many, seed: 100, hasLedger });
  return {
    rows,
    judged: promotedOnOneSet({ rows, challengers, seed: 100, hasLedger: true }).judged,
    anyOfThousand: anyOf(10, challengers, true),
    anyOfThousandWithout: anyOf(10, challengers, false),
    anyOfFifty: anyOf(100, 50, true),
    anyOfFiftyWithout: anyOf(100, 50, false),
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
