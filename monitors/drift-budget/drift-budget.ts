/**
 * Has the champion begun to err more, or to answer differently, said with no more false alarms than a budget allows?
 *
 * 1. Reference: the first 500 labelled rows of a champion, and at least a thirtieth of a month, say how often it is
 *    wrong and how often each label is its answer.
 * 2. The rows after it are cut into blocks of equally many, each a thirtieth of a month or somewhat longer. The evidence
 *    of a block is the highest sum of log-likelihood ratios in it (evidence.ts).
 * 3. A row alarms when it lifts the evidence of its block over a bound, once a block. A block may do that with
 *    probability p = budget / blocks a month, blocks a month as they came. The bound is a rank among the blocks before
 *    (rank-bound.ts): exact whatever the distribution, the dependence within blocks and the error of the reference. It
 *    needs 1/p blocks, that is 1/budget months. Until then the budget cannot be verified, and the bound is one that a
 *    quarter of the budget should keep (first-bound.ts).
 *
 * The rate that is kept is the marginal one, over histories and futures, and that of a long stream: the evidence of
 * every block, alarms included, is what later ones are compared with. A change that lasts is therefore told a few times
 * and is then what is normal, as with other detectors. Memory: the reference's sample, or three numbers a kept block.
 */
import { adder, inflationsOf, packRow, testsOf } from './evidence.ts';
import type { Test } from './evidence.ts';
import { firstBound } from './first-bound.ts';
import { rankBound } from './rank-bound.ts';

export type BudgetOptions = Readonly<{ falseAlarmsPerMonth: number; monthMs: number }>;
export type BudgetRow = Readonly<{ isWrong: boolean; answer: string; atMs: number }>;

type Learning = Readonly<{
  phase: 'reference';
  rows: number;
  sinceMs: number;
  atMs: number;
  /** Answers in the order in which they were first seen; the last stands for all further ones. */
  answers: readonly string[];
  wrong: number;
  counts: readonly number[];
  /** The first rows, packed. */
  sample: readonly number[];
}>;
/** When the kept blocks began, when each ended, and what its evidence was, the newest last; and what they make of the next. */
type History = Readonly<{
  sinceMs: number;
  endsMs: readonly number[];
  evidence: readonly number[];
  bound: number;
  isVerified: boolean;
}>;
type Watching = History &
  Readonly<{
    phase: 'watching';
    answers: readonly string[];
    tests: readonly Test[];
    blockRows: number;
    /** The bound before there are blocks enough. */
    firstBound: number;
    /** The block that is being filled. */
    inBlock: number;
    sums: readonly number[];
    best: number;
    hasAlarmed: boolean;
  }>;
export type DriftBudget = Learning | Watching;

/** `answer` is null where it errs more, else what it answers more often; `row` is the index among the rows given. */
export type BudgetAlarm = Readonly<{ row: number; answer: string | null }>;

const REFERENCE_ROWS = 500;
const SAMPLE_ROWS = 2_000;
/** More answers than this are watched together. */
const ANSWERS = 8;
const BLOCKS_A_MONTH = 30;
/** A block has so many rows if that is not too long. */
const BLOCK_ROWS = 300;
/** Most of its false alarms that a block may be given to fire: more, and it would be blind for too long. */
const [SHARE_AT_MOST, SHARE_BY_TIME_AT_MOST] = [0.25, 0.1];
/** How many times the blocks that verify the budget are kept, and how many at most. */
const KEPT_TIMES = 12;
const KEPT_AT_MOST = 1_000;
/** What of the budget is spent while it cannot be verified. */
const CAUTION = 0.25;
/** Blocks fewer than which say little; and how far above them all evidence has to be then, and after. */
const SEEN_LITTLE = 7;
const MARGIN = 1.5;

export const startBudget = (): DriftBudget => ({
  phase: 'reference',
  rows: 0,
  sinceMs: 0,
  atMs: 0,
  answers: [],
  wrong: 0,
  counts: [],
  sample: [],
});

/** The state after more rows, in known-at order, and the rows that alarmed. The state given stays as it was. */
export function observeBudget(
  state: DriftBudget,
  rows: readonly BudgetRow[],
  options: BudgetOptions,
): { state: DriftBudget; alarms: BudgetAlarm[] } {
  let i = 0;
  let learnt = state;
  if (state.phase === 'reference') {
    const reference = toDraft(state);
    while (i < rows.length && !isLearnt(reference, options)) learn(reference, rows[i++]!);
    if (!isLearnt(reference, options)) return { state: reference, alarms: [] };
    learnt = beginWatching(reference, options);
  }
  const { state: after, alarms } = watch(learnt as Watching, rows, i, options);
  return { state: after, alarms };
}

type Draft = { -readonly [K in keyof Learning]: Learning[K] } & {
  answers: string[];
  counts: number[];
  sample: number[];
};
const toDraft = (state: Learning): Draft => ({
  ...state,
  answers: [...state.answers],
  counts: [...state.counts],
  sample: [...state.sample],
});

const isLearnt = ({ rows, sinceMs, atMs }: Learning, { monthMs }: BudgetOptions): boolean =>
  rows >= REFERENCE_ROWS && atMs - sinceMs >= monthMs / BLOCKS_A_MONTH;

function learn(reference: Draft, { isWrong, answer, atMs }: BudgetRow): void {
  if (reference.rows === 0) reference.sinceMs = atMs;
  let known = reference.answers.indexOf(answer);
  if (known < 0 && reference.answers.length < ANSWERS) {
    known = reference.answers.push(answer) - 1;
    reference.counts.push(0);
  }
  if (known < 0) known = ANSWERS - 1;
  reference.rows += 1;
  reference.atMs = Math.max(reference.atMs, atMs);
  reference.wrong += isWrong ? 1 : 0;
  reference.counts[known]! += 1;
  if (reference.sample.length < SAMPLE_ROWS) reference.sample.push(packRow(isWrong, known));
}

function beginWatching(
  { rows, sinceMs, atMs, answers, wrong, counts, sample }: Learning,
  { falseAlarmsPerMonth, monthMs }: BudgetOptions,
): Watching {
  const inflations = inflationsOf(sample, answers.length);
  const rowsPerAlarm = (rows / (atMs - sinceMs)) * (monthMs / falseAlarmsPerMonth);
  const byTime = Math.min(SHARE_BY_TIME_AT_MOST, falseAlarmsPerMonth / BLOCKS_A_MONTH);
  const share = Math.min(SHARE_AT_MOST, Math.max(BLOCK_ROWS / rowsPerAlarm, byTime));
  const blockRows = Math.max(1, Math.round(share * rowsPerAlarm));
  const first = firstBound(sample, answers.length, { blockRows, p: CAUTION * share });
  const tests = [wrong, ...counts].flatMap((count, bit) =>
    testsOf(bit === 0 ? null : bit - 1, count, rows, inflations[bit]!),
  );
  return {
    phase: 'watching',
    answers,
    tests,
    blockRows,
    firstBound: first,
    sinceMs: atMs,
    endsMs: [],
    evidence: [],
    bound: cautiousBound([], first),
    isVerified: false,
    inBlock: 0,
    sums: tests.map(() => 0),
    best: 0,
    hasAlarmed: false,
  };
}

function watch(
  state: Watching,
  rows: readonly BudgetRow[],
  from: number,
  options: BudgetOptions,
): { state: Watching; alarms: BudgetAlarm[] } {
  const alarms: BudgetAlarm[] = [];
  const { answers, tests, blockRows } = state;
  const others = Math.min(answers.length, ANSWERS - 1);
  const sums = Float64Array.from(state.sums);
  const add = adder(tests, sums);
  let history: History = state;
  let { inBlock, best, hasAlarmed } = state;
  for (let i = from; i < rows.length; i += 1) {
    const { isWrong, answer, atMs } = rows[i]!;
    const code = answers.indexOf(answer);
    const highest = add(packRow(isWrong, code < 0 ? others : code));
    const sum = sums[highest]!;
    if (sum > best) best = sum;
    if (!hasAlarmed && best > history.bound) {
      hasAlarmed = true;
      const { of } = tests[highest]!;
      alarms.push({ row: i, answer: of === null ? null : answers[of]! });
    }
    inBlock += 1;
    if (inBlock < blockRows) continue;
    history = endBlock(history, { best, atMs, firstBound: state.firstBound }, options);
    sums.fill(0);
    [inBlock, best, hasAlarmed] = [0, 0, false];
  }
  return { state: { ...state, ...history, sums: Array.from(sums), inBlock, best, hasAlarmed }, alarms };
}

/** What is kept of a block, and the bound of the next. */
function endBlock(
  history: History,
  { best, atMs, firstBound }: { best: number; atMs: number; firstBound: number },
  { falseAlarmsPerMonth, monthMs }: BudgetOptions,
): History {
  const endsMs = [...history.endsMs, Math.max(atMs, history.endsMs.at(-1) ?? history.sinceMs)];
  const evidence = [...history.evidence, best];
  const p = (falseAlarmsPerMonth * (endsMs.at(-1)! - history.sinceMs)) / monthMs / evidence.length;
  const kept = Math.min(KEPT_AT_MOST, Math.ceil(KEPT_TIMES / p));
  let { sinceMs } = history;
  while (evidence.length > kept) {
    sinceMs = endsMs.shift()!;
    evidence.shift();
  }
  const ranked = p < 1 ? rankBound(evidence, p) : null;
  const isVerified = ranked !== null;
  return { sinceMs, endsMs, evidence, isVerified, bound: ranked ?? cautiousBound(evidence, firstBound) };
}

/** While the budget cannot be verified: well above all that was seen, and twice the first bound where little was. */
const cautiousBound = (evidence: readonly number[], firstBound: number): number =>
  Math.max(evidence.length < SEEN_LITTLE ? 2 * firstBound : firstBound, MARGIN * Math.max(0, ...evidence));

export type BudgetStanding = Readonly<{
  /** Whether there is history enough to keep the budget exactly. */
  isVerified: boolean;
  /** Months of blocks that there are, and that it takes. */
  months: number;
  monthsNeeded: number;
}>;

/** How far the history goes towards what the budget takes. */
export function standingOf(
  state: DriftBudget,
  { falseAlarmsPerMonth, monthMs }: BudgetOptions,
): BudgetStanding {
  const monthsNeeded = 1 / falseAlarmsPerMonth;
  if (state.phase === 'reference') return { isVerified: false, months: 0, monthsNeeded };
  const months = ((state.endsMs.at(-1) ?? state.sinceMs) - state.sinceMs) / monthMs;
  return { isVerified: state.isVerified, months, monthsNeeded };
}
