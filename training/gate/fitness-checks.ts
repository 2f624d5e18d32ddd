/**
 * Whether a test set is one: enough rows where bounds are asked, and rows of more than one label wherever there are
 * labels to tell apart. Where it is none, a challenger that always says the one label wins every row, so that nothing is
 * decided, neither by evidence nor by patience.
 */
import { count } from '../../domain/count.ts';
import type { GateConfig } from '../../domain/gate-config.ts';
import type { AnsweredRows } from './answered-rows.ts';
import type { Check } from './check.ts';

type Matter = Readonly<{ test: AnsweredRows; evidence: AnsweredRows }>;

/** One check at most: what is wrong with the test set, where something is. */
export function fitnessChecks(
  { test, evidence }: Matter,
  { minRows }: Pick<GateConfig, 'minRows'>,
  /** Nothing but the test decides how often it is asked: a bound, or a look after which there is no other. */
  asksRows: boolean,
): Check[] {
  if (asksRows && test.rows.length < minRows) return [fewRows(test.rows.length, minRows)];
  // Rows of before the cut may know labels that those which may prove something do not.
  const narrow = [test, evidence].find(knowsOneLabel);
  return narrow === undefined
    ? []
    : [oneLabel(narrow, narrow === test ? 'test rows' : 'rows that may decide')];
}

const fewRows = (rows: number, minRows: number): Check => ({
  name: 'test.rows',
  value: rows,
  interval: null,
  bound: minRows,
  rows,
  result: 'hold',
  blind: 'everything',
  code: 'DL_GATE_FEW_ROWS',
  sentence: `The test set has ${count(rows)} rows, and bounds are judged on ${count(minRows)} or more.`,
  labelsNeeded: minRows - rows,
});

/** Of numbers and texts each row has an answer of its own, and of no rows nothing is said. */
const knowsOneLabel = ({ rows, ours }: AnsweredRows): boolean =>
  (ours.labels > 1 || ours.measures.microF1 !== undefined) &&
  new Set(rows.map(({ label }) => label)).size === 1;

/**
 * Of n rows of one label, n more show another one with an even chance: the rule of succession gives (n + 1) / (n + m + 1)
 * for none among m.
 */
function oneLabel({ rows }: AnsweredRows, what: string): Check {
  const { label } = rows[0]!;
  return {
    name: 'test.labels',
    value: 1,
    interval: null,
    bound: 2,
    rows: rows.length,
    result: 'hold',
    blind: 'everything',
    code: 'DL_GATE_ONE_LABEL',
    sentence:
      `Every one of the ${count(rows.length)} ${what} is ${label}: how the others are told cannot be judged without rows of them; ` +
      `about ${count(rows.length)} more labels have an even chance to hold one.`,
    labelsNeeded: rows.length,
  };
}
