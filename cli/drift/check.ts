import { count } from '../../domain/count.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { findMethod } from '../../monitors/detectors/find-method.ts';
import type { Method } from '../../monitors/detectors/find-method.ts';
import type { Sample, SampleKind } from '../../monitors/detectors/samples/sample-test.ts';
import { checkColumns } from '../data/records.ts';
import { readValueTable } from '../data/value-table.ts';
import type { Value, ValueTable } from '../data/value-table.ts';
import type { Answer } from '../output.ts';
import { shellWord } from '../shell-word.ts';

export type DriftCheckOptions = {
  method: string;
  params?: string;
  input: string;
  reference?: string;
  column?: string[];
};

/** Of a stream: where it was alarmed and warned. Of two samples: how far they are apart. */
export type DriftCheckAnswer =
  | { method: string; driftIndices: readonly number[]; warningIndices: readonly number[] }
  | { method: string; statistic: number; pValue: number | null };

/**
 * One detector, or one test, on somebody's own numbers.
 *
 * @throws DL_DETECTOR_UNKNOWN, DL_DETECTOR_PARAMS, DL_OPTION_MISSING, DL_COLUMN_MISSING, DL_NOT_A_NUMBER,
 * DL_STATISTIC_INPUT, and what reading a file throws
 */
export async function checkDrift(options: DriftCheckOptions): Promise<Answer<DriftCheckAnswer>> {
  const found = findMethod(options.method);
  const params = paramsOf(options);
  return found.kind === 'stream'
    ? checkStream(found.method, options, params)
    : checkSamples(found.method, options, params);
}

type StreamMethod = Extract<Method, { kind: 'stream' }>['method'];
type SampleMethod = Extract<Method, { kind: 'samples' }>['method'];
type Params = Record<string, unknown>;

async function checkStream(
  method: StreamMethod,
  options: DriftCheckOptions,
  params: Params,
): Promise<Answer<DriftCheckAnswer>> {
  const { name } = method;
  if (options.reference !== undefined)
    throw new DriftloopError('DL_OPTION_INVALID', `${name} watches one stream; it takes no --reference.`, {
      fix: 'Leave out --reference, or take a test of two samples, such as ks.',
    });
  const detector = method.create(params);
  const table = await readValueTable(options.input);
  const xs = numbersOf(name, table, columnsOf(name, table, options.column, ['numbers'])[0]!);
  const { driftIndices, warningIndices } = detector.observeAll(detector.start(), xs);
  const drifts = driftIndices.length === 0 ? 'no drift' : counted(driftIndices.length, 'drift');
  const where = driftIndices.length === 0 ? '' : `, at ${listed(driftIndices)} (counted from 0)`;
  const early =
    xs.length < detector.silentFor
      ? ` It can find nothing before it has seen ${count(detector.silentFor)}.`
      : '';
  return {
    json: { method: options.method, driftIndices, warningIndices },
    text: `${name} found ${drifts} in ${counted(xs.length, 'value')}${where}, and ${counted(warningIndices.length, 'warning')}.${early}`,
    next: `driftloop drift check --method ${name} --params ${shellWord(JSON.stringify(knobsOf(method)))} --input ${shellWord(options.input)}`,
  };
}

async function checkSamples(
  method: SampleMethod,
  options: DriftCheckOptions,
  params: Params,
): Promise<Answer<DriftCheckAnswer>> {
  const { name, measures, takes } = method;
  if (options.reference === undefined)
    throw new DriftloopError('DL_OPTION_MISSING', `${name} compares two samples; --reference is missing.`, {
      fix: 'Give with --reference FILE what --input is compared with, or take a detector of streams, such as adwin.',
    });
  const [reference, input] = [await readValueTable(options.reference), await readValueTable(options.input)];
  const kind = kindOf([reference, input], options.column, name, takes);
  const [then, now] = [reference, input].map((table) =>
    sampleOf(name, table, options.column, kind, takes),
  ) as [Sample, Sample];
  const { statistic, pValue } = method.compare(then, now, params);
  const p = pValue === null ? 'It has no p-value of its own.' : `p = ${figure(pValue)}.`;
  return {
    json: { method: options.method, statistic, pValue },
    text: `${name} of ${counted(now.length, 'value')} against ${count(then.length)} is ${figure(statistic)} (${measures}). ${p}`,
    next: `driftloop drift check --method ${name} --params ${shellWord(JSON.stringify(knobsOf(method)))} --reference ${shellWord(options.reference)} --input ${shellWord(options.input)}`,
  };
}

/** What every knob is when nobody turns it, to be typed and changed. */
const knobsOf = ({ knobs }: StreamMethod | SampleMethod): Params =>
  Object.fromEntries(Object.entries(knobs).map(([name, { fallback }]) => [name, fallback]));

function paramsOf({ method, params }: DriftCheckOptions): Params {
  if (params === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(params);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Params;
  throw new DriftloopError('DL_DETECTOR_PARAMS', `The params of ${method} are no JSON object: ${params}`, {
    fix: `Give them as in --params '{ "delta": 0.002 }'; docs/reference/detectors.md has those of ${method}.`,
  });
}

/** The columns that are looked at: those named, the only one, or all of them where rows are compared. */
function columnsOf(
  method: string,
  { file, columns }: ValueTable,
  asked: readonly string[] | undefined,
  takes: readonly SampleKind[],
): readonly string[] {
  if (asked !== undefined && asked.length > 0) {
    checkColumns(file, columns, asked);
    return asked;
  }
  if (columns.length === 1 || takes[0] === 'rows') return columns;
  throw new DriftloopError(
    'DL_OPTION_MISSING',
    `${file} has ${columns.length} columns, and ${method} looks at one; --column is missing.`,
    { fix: `Name one of ${columns.join(', ')} with --column.` },
  );
}

/** What both samples are: numbers where all values are, rows where there are several columns or lists, else categories. */
function kindOf(
  tables: readonly ValueTable[],
  asked: readonly string[] | undefined,
  method: string,
  takes: readonly SampleKind[],
): SampleKind {
  const values = tables.flatMap((table) => {
    const columns = columnsOf(method, table, asked, takes);
    return columns.length > 1 ? [[]] : table.rows.map(({ values }) => values[columns[0]!] ?? null);
  });
  if (values.some(Array.isArray)) return 'rows';
  const isNumeric = values.every((value) => value === null || typeof value === 'number');
  return isNumeric || !takes.includes('categories') ? 'numbers' : 'categories';
}

function sampleOf(
  method: string,
  table: ValueTable,
  asked: readonly string[] | undefined,
  kind: SampleKind,
  takes: readonly SampleKind[],
): Sample {
  const columns = columnsOf(method, table, asked, takes);
  if (kind === 'numbers') return numbersOf(method, table, columns[0]!);
  const cells = table.rows.map(({ values, where }) => ({
    values: columns.map((c) => values[c] ?? null),
    where,
  }));
  if (kind === 'categories')
    return cells.map(({ values: [value], where }) =>
      value === null || value === undefined ? refuse(method, table, columns[0]!, where, null) : String(value),
    );
  return cells.map(({ values, where }) =>
    values.flatMap((value, k) =>
      Array.isArray(value)
        ? (value as number[])
        : [numberOf(value) ?? refuse(method, table, columns[k]!, where, value)],
    ),
  );
}

const numbersOf = (method: string, table: ValueTable, column: string): number[] =>
  table.rows.map(({ values, where }) => {
    const value = values[column] ?? null;
    return numberOf(value) ?? refuse(method, table, column, where, value);
  });

/** Right and wrong are often written as words. */
function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === true || value === 'true') return 1;
  if (value === false || value === 'false') return 0;
  return undefined;
}

function refuse(method: string, { file }: ValueTable, column: string, where: string, value: Value): never {
  const what = value === null ? 'is empty' : `has ${JSON.stringify(value)}, which is no number`;
  throw new DriftloopError('DL_NOT_A_NUMBER', `${file}, ${where}: column "${column}" ${what}.`, {
    fix: `Leave out the rows without a value, name another column with --column, or take another method than ${method}.`,
  });
}

const counted = (of: number, what: string): string => `${count(of)} ${what}${of === 1 ? '' : 's'}`;
const figure = (value: number): string => String(Number(value.toPrecision(6)));

/** More than so many indices are not read by anyone. */
const MOST_SAID = 20;
function listed(indices: readonly number[]): string {
  const said = indices.slice(0, MOST_SAID).map(count);
  const more = indices.length - said.length;
  if (more > 0) return `${said.join(', ')} and ${count(more)} more`;
  return said.length === 1 ? said[0]! : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}
