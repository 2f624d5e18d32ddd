/** What champion and challenger answered to the same labelled rows, checked and as numbers: all that a gate looks at. */
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import { readAnswer } from '../../domain/answer-text.ts';
import type { AnyOutput, Classification, DeclaredTask, Output } from '../../domain/task.ts';
import { isRight } from '../../statistics/is-right.ts';
import { prepareAnswers, type Answers } from '../metrics.ts';
import { measuresOf, type Measures } from './measures.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';

export type GateRow = Readonly<{
  label: string;
  input?: InputRow;
  entity?: string | null | undefined;
  /** Whose word the label is. */
  source?: string | null | undefined;
}>;

export type AnsweredRows = Readonly<{
  rows: readonly GateRow[];
  ours: Side;
  theirs: Side;
  /** Index of each row's entity; null where rows have none and are taken as independent. */
  entities: Readonly<{ ofRow: Int32Array; count: number }> | null;
  /** The first row of each entity, or every row: for tests that hold at every look rows must not repeat each other. */
  independent: readonly number[];
}>;

export type Side = Answers & Readonly<{ brier: Float64Array; measures: Measures }>;

/**
 * @throws DL_GATE_ROWS where answers and rows are not as many, DL_GATE_SCORES where a score is none: NaN, below 0 or
 *   above 1
 */
export function answeredRows(
  task: DeclaredTask,
  rows: readonly GateRow[],
  challenger: readonly AnyOutput[],
  champion: readonly AnyOutput[],
): AnsweredRows {
  const ours = sideOf('challenger', task, rows, challenger);
  const theirs = sideOf('champion', task, rows, champion);
  const entities = entitiesOf(rows);
  return { rows, ours, theirs, entities, independent: firstOfEach(rows.length, entities) };
}

/** The same of some of its rows, of which nothing is asked again. */
export function pickRows({ rows, ours, theirs }: AnsweredRows, at: readonly number[]): AnsweredRows {
  const picked = at.map((i) => rows[i]!);
  const entities = entitiesOf(picked);
  return {
    rows: picked,
    ours: pickSide(ours, at),
    theirs: pickSide(theirs, at),
    entities,
    independent: firstOfEach(picked.length, entities),
  };
}

function pickSide(side: Side, at: readonly number[]): Side {
  const whole = (of: Int32Array) => Int32Array.from(at, (i) => of[i]!);
  const real = (of: Float64Array) => Float64Array.from(at, (i) => of[i]!);
  return {
    labels: side.labels,
    truth: whole(side.truth),
    predicted: whole(side.predicted),
    right: Uint8Array.from(at, (i) => side.right[i]!),
    loss: real(side.loss),
    confidence: real(side.confidence),
    bin: whole(side.bin),
    brier: real(side.brier),
    measures: Object.fromEntries(
      Object.entries(side.measures).map(([name, { figure, columns }]) => [
        name,
        { figure, columns: columns.map(real) },
      ]),
    ),
  };
}

function sideOf(
  whose: 'challenger' | 'champion',
  task: DeclaredTask,
  rows: readonly GateRow[],
  outputs: readonly AnyOutput[],
): Side {
  if (outputs.length !== rows.length)
    throw new DriftloopError(
      'DL_GATE_ROWS',
      `The ${whose} answered ${outputs.length} rows and the test set has ${rows.length}.`,
      { fix: 'Let both versions answer every row of the test set, in its order.' },
    );
  return task.kind === 'classification'
    ? labelSide(whose, task, rows, outputs as readonly Output[])
    : rightSide(whose, task, rows, outputs);
}

function labelSide(
  whose: string,
  task: Classification,
  rows: readonly GateRow[],
  outputs: readonly Output[],
): Side {
  for (const [i, { scores }] of outputs.entries()) {
    const wrong = task.labels.find((label) => !isShare(scores[label]));
    if (wrong !== undefined)
      throw new DriftloopError(
        'DL_GATE_SCORES',
        `The ${whose}'s score of "${wrong}" is ${String(scores[wrong])} in row ${i + 1} of the test set.`,
        {
          fix: 'Scores are shares from 0 to 1. A version that answers otherwise is broken.',
        },
      );
  }
  const answers = prepareAnswers(task, rows, outputs);
  const brier = Float64Array.from(outputs, ({ scores }, i) =>
    task.labels.reduce(
      (sum, label) => sum + ((scores[label] ?? 0) - Number(label === rows[i]!.label)) ** 2,
      0,
    ),
  );
  return { ...answers, brier, measures: {} };
}

/** Answers that are no labels to tell apart are right or wrong: one label, which is answered or not. */
function rightSide(
  whose: string,
  task: DeclaredTask,
  rows: readonly GateRow[],
  outputs: readonly AnyOutput[],
): Side {
  const answers = outputs.map((output, i) => {
    const text = readAnswer(task, output);
    if (text !== null) return text;
    throw new DriftloopError(
      'DL_GATE_SCORES',
      `The ${whose} answers ${JSON.stringify(output)} in row ${i + 1} of the test set, which is no answer to a ${task.kind}.`,
      { fix: 'A version that answers so is broken: train it anew, or import another one.' },
    );
  });
  const truths = rows.map(({ label }) => label);
  const measures = measuresOf(task, answers, truths);
  const alike = measures.chrf?.columns[0];
  const right = Uint8Array.from(answers, (answer, i) =>
    isRight(task, answer, truths[i]!, alike && (() => alike[i]!)) ? 1 : 0,
  );
  const none = new Float64Array(rows.length).fill(NaN);
  return {
    labels: 1,
    truth: new Int32Array(rows.length),
    predicted: Int32Array.from(right, (one) => one - 1),
    right,
    loss: none,
    confidence: none,
    bin: new Int32Array(rows.length),
    brier: none,
    measures,
  };
}

/** A label that is left out has no score: 0. */
const isShare = (score: unknown = 0): boolean => typeof score === 'number' && score >= 0 && score <= 1;

function entitiesOf(rows: readonly GateRow[]): AnsweredRows['entities'] {
  if (rows.every(({ entity }) => entity === null || entity === undefined)) return null;
  const indices = new Map<string, number>();
  const ofRow = Int32Array.from(rows, ({ entity }, i) => {
    // A row without an entity is its own.
    const key = entity === null || entity === undefined ? `row ${i}` : `entity ${entity}`;
    const index = indices.get(key) ?? indices.size;
    indices.set(key, index);
    return index;
  });
  return { ofRow, count: indices.size };
}

function firstOfEach(rows: number, entities: AnsweredRows['entities']): number[] {
  const all = Array.from({ length: rows }, (_, i) => i);
  if (entities === null) return all;
  const seen = new Uint8Array(entities.count);
  return all.filter((i) => {
    const entity = entities.ofRow[i]!;
    const isFirst = seen[entity] === 0;
    seen[entity] = 1;
    return isFirst;
  });
}

/** How these rows fell: those that only the challenger, only the champion, and both or neither got right. */
export function pairsOf(
  { ours, theirs }: Pick<AnsweredRows, 'ours' | 'theirs'>,
  rows: readonly number[],
): Pairs {
  let [wins, losses] = [0, 0];
  for (const i of rows) {
    if (ours.right[i]! > theirs.right[i]!) wins += 1;
    if (ours.right[i]! < theirs.right[i]!) losses += 1;
  }
  return { wins, losses, ties: rows.length - wins - losses };
}
