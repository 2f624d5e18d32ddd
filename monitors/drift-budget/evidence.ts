/**
 * How strongly do the rows of a block speak for a change, in nats? Bits of each row are watched: whether the champion
 * was wrong, and for each label whether it was the answer. For each bit, with its share p in the reference, stand two
 * rivals p′ whose odds are higher by a factor f, and for each of them a sum that never falls below nothing:
 *
 *     S ← max(0, S + (x·ln(p′/p) + (1−x)·ln((1−p′)/(1−p))) / inflation)
 *
 * The evidence of a block is the highest that any of the sums gets in it; each block begins at zero. More errors count,
 * fewer do not; a label that is answered less often is another that is answered more often.
 *
 * `inflation` is how much more the mean of neighbouring bits varies than if they were independent (batch means), so
 * that a bit that comes in runs does not drown the others. The smaller rival is far enough away that the reference is
 * surely not taken for it. Neither touches the rate of false alarms: that is kept by whoever compares blocks.
 *
 * Source: E. S. Page, Biometrika 41 (1954); for log-likelihood ratios G. Lorden, Annals of Math. Stat. 42 (1971).
 */

/** One sum: which bit it is of (null the errors, else an answer), and what a bit that is set or is not adds. */
export type Test = Readonly<{ of: number | null; set: number; unset: number }>;

/** The smallest change of odds that is looked for, however long the reference was; and the larger one. */
const SMALL = Math.log(1.25);
const LARGE = Math.log(3);
/** How many standard errors of the reference the smaller rival is away. */
const SURE = 5;

/** The two sums of a bit that was set in `count` of `rows`. */
export function testsOf(of: number | null, count: number, rows: number, inflation: number): Test[] {
  const share = (count + 0.5) / (rows + 1);
  const deviation = Math.sqrt(inflation / ((rows + 1) * share * (1 - share)));
  const small = Math.max(SMALL, SURE * deviation);
  return [small, Math.max(LARGE, 2 * small)].map((factor) => {
    const odds = (share / (1 - share)) * Math.exp(factor);
    const rival = odds / (1 + odds);
    return {
      of,
      set: Math.log(rival / share) / inflation,
      unset: Math.log((1 - rival) / (1 - share)) / inflation,
    };
  });
}

/** The tests of the rows of a reference, answers from 0 to below `answers`. `inflations` are those of the errors, then of each answer. */
export function testsOfRows(rows: ArrayLike<number>, answers: number, inflations: readonly number[]): Test[] {
  const counts = countBits(rows, answers);
  return counts.flatMap((count, bit) =>
    testsOf(bit === 0 ? null : bit - 1, count, rows.length, inflations[bit]!),
  );
}

/** A row in one number: whether the champion was wrong, and its answer, a number from 0. */
export const packRow = (isWrong: boolean, answer: number): number => 2 * answer + (isWrong ? 1 : 0);

function countBits(rows: ArrayLike<number>, answers: number): number[] {
  const counts = Array.from<number>({ length: answers + 1 }).fill(0);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i]!;
    counts[0]! += row & 1;
    counts[1 + (row >> 1)]! += 1;
  }
  return counts;
}

/** For the errors and each answer: by how much the mean of √n neighbours varies more than that of independent bits. At least 1. */
export function inflationsOf(rows: ArrayLike<number>, answers: number): number[] {
  const length = Math.max(1, Math.floor(Math.sqrt(rows.length)));
  const batches = Math.floor(rows.length / length);
  const used = Array.from({ length: batches * length }, (_, i) => rows[i]!);
  const totals = countBits(used, answers);
  const squares = totals.map(() => 0);
  for (let b = 0; b < batches; b += 1) {
    const counts = countBits(used.slice(b * length, (b + 1) * length), answers);
    for (const [bit, count] of counts.entries()) squares[bit]! += (count - totals[bit]! / batches) ** 2;
  }
  return totals.map((total, bit) => {
    const share = total / used.length;
    const independent = length * share * (1 - share);
    return independent === 0 || batches < 2 ? 1 : Math.max(1, squares[bit]! / (batches - 1) / independent);
  });
}

/**
 * Sums over rows, made for many of them: the tests as columns of numbers, one after the other.
 *
 * @returns what adds a packed row to the sums, in place, and gives the index of the highest of them
 */
export function adder(tests: readonly Test[], sums: Float64Array): (row: number) => number {
  const bits = Int32Array.from(tests, ({ of }) => of ?? -1);
  const set = Float64Array.from(tests, (test) => test.set);
  const unset = Float64Array.from(tests, (test) => test.unset);
  return (row) => {
    const isWrong = (row & 1) === 1;
    const answer = row >> 1;
    let highest = 0;
    for (let t = 0; t < bits.length; t += 1) {
      const bit = bits[t]!;
      const isSet = bit === -1 ? isWrong : bit === answer;
      const sum = sums[t]! + (isSet ? set[t]! : unset[t]!);
      sums[t] = sum > 0 ? sum : 0;
      if (sum > sums[highest]!) highest = t;
    }
    return highest;
  };
}
