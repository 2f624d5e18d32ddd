import { DriftloopError } from '../../../domain/errors.ts';
import type { Described, Example } from '../offline-task.ts';
import { timesOf } from '../times.ts';
import { answered, asked, readRows } from './conversations.ts';
import type { Asked } from './conversations.ts';

type Model = Described['model'];

const promptColumn = ({ input }: Model): string => Object.keys(input)[0]!;

/** Prompts with their answers, or with two of which one is preferred. Throws what `answered` throws. */
export async function readAnswered(
  file: string,
  { model, columns }: Pick<Described, 'model' | 'columns'>,
): Promise<Example<Asked>[]> {
  const rows = [];
  const { time } = columns;
  for await (const row of readRows(file)) {
    const { answer, ...input } = answered(row, { file, prompt: promptColumn(model), columns });
    rows.push({
      input,
      label: answer,
      line: row.line,
      time: time === undefined ? null : said(row.value[time]),
    });
  }
  const pairs = rows.filter(({ input }) => input.rejected !== null).length;
  if (pairs > 0 && pairs < rows.length)
    throw new DriftloopError(
      'DL_CONVERSATION_UNFIT',
      `${file}: ${pairs} of ${rows.length} rows are pairs of answers.`,
      {
        fix: 'Learn from answers and from preferences one after the other, each from a file of its own.',
      },
    );
  const at = time === undefined ? null : timesOf(file, time, rows);
  return rows.map(({ input, label, line }, i) => ({ input, label, labels: [], line, at: at?.[i] ?? null }));
}

/** What stands in a cell that should be a time. */
const said = (cell: unknown): string =>
  typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';

/** What is asked, one by one. */
export async function* readAsked(file: string, model: Model): AsyncIterable<Asked> {
  for await (const row of readRows(file)) yield asked(row, { file, prompt: promptColumn(model) });
}
