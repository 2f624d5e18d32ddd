import { conversationSchema } from '../../../domain/conversation.ts';
import type { Conversation } from '../../../domain/conversation.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import { csvRecords } from '../../data/csv-records.ts';
import { featureNameOf } from '../../data/cells.ts';
import { jsonRows } from '../../data/json-records.ts';
import { hasJsonLines } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';

/** What was said, and of a pair of answers the one that was liked less. */
export type Asked = { prompt: Conversation; rejected: string | null };

/** The column with whole conversations. */
export const MESSAGES = 'messages';
/** The columns of a pair of answers. */
export const PAIR = { chosen: 'chosen', rejected: 'rejected' } as const;

/** The columns where nobody names others. */
export const USUAL = { prompt: 'prompt', answer: 'answer' } as const;

type Row = { value: Readonly<Record<string, unknown>>; line: number };

/** Rows of either kind of file. Throws DL_DATA_MISSING, DL_DATA_UNREADABLE. */
export async function* readRows(file: string): AsyncIterable<Row> {
  if (await hasJsonLines(file)) yield* jsonRows(file);
  else for await (const { cells, line } of csvRecords(file)) yield { value: cells, line };
}

export type Place = { file: string; line: number };

/** What a row asks, and the answer that it should have. Throws DL_COLUMN_MISSING, DL_CONVERSATION_UNFIT. */
export function answered(
  { value, line }: Row,
  { file, prompt, columns }: { file: string; prompt: string; columns: Columns },
): Asked & { answer: string } {
  const at = { file, line };
  if (MESSAGES in value && !(columns.label in value && columns.label !== MESSAGES)) {
    const said = messagesIn(value[MESSAGES], at);
    const last = said.at(-1);
    if (last?.role !== 'assistant')
      throw unfit(at, `"${MESSAGES}" does not end with an answer of the assistant`);
    return { prompt: said.slice(0, -1), answer: textIn(last.content, 'the last answer', at), rejected: null };
  }
  const isPair = PAIR.chosen in value && PAIR.rejected in value;
  const label = isPair ? PAIR.chosen : oneOf(value, columns.label, USUAL.answer);
  return {
    prompt: promptIn(value, prompt, at),
    answer: textIn(cell(value, label, at), `"${label}"`, at),
    rejected: isPair ? textIn(value[PAIR.rejected], `"${PAIR.rejected}"`, at) : null,
  };
}

/** What a row asks; an answer that it has already is left aside. */
export function asked({ value, line }: Row, { file, prompt }: { file: string; prompt: string }): Asked {
  const at = { file, line };
  if (!(MESSAGES in value)) return { prompt: promptIn(value, prompt, at), rejected: null };
  const said = messagesIn(value[MESSAGES], at);
  return { prompt: said.at(-1)?.role === 'assistant' ? said.slice(0, -1) : said, rejected: null };
}

function messagesIn(value: unknown, at: Place): Conversation {
  const parsed = conversationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [MESSAGES, ...issue!.path].join('.');
  throw unfit(at, `${where}: ${issue!.message}`);
}

const promptIn = (value: Row['value'], column: string, at: Place): Conversation => {
  const given = cell(value, oneOf(value, column, USUAL.prompt), at);
  if (Array.isArray(given)) return messagesIn(given, at);
  return [{ role: 'user', content: textIn(given, `"${column}"`, at) }];
};

/** The column of that name, or of that word; a version that learnt from files of one kind can be tested on another. */
const oneOf = (value: Row['value'], column: string, usual: string): string =>
  column in value ? column : (Object.keys(value).find((name) => featureNameOf(name) === column) ?? usual);

function cell(value: Row['value'], column: string, { file, line }: Place): unknown {
  if (column in value) return value[column];
  throw new DriftloopError('DL_COLUMN_MISSING', `${file}, line ${line}: there is no "${column}".`, {
    fix: `It has ${Object.keys(value).join(', ')}.`,
  });
}

function textIn(value: unknown, what: string, at: Place): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw unfit(at, `${what} is no text`);
  const text = String(value).trim();
  if (text === '') throw unfit(at, `${what} is empty`);
  return text;
}

const unfit = ({ file, line }: Place, why: string) =>
  new DriftloopError('DL_CONVERSATION_UNFIT', `${file}, line ${line}: ${why}.`, {
    fix: 'Give { "prompt", "answer" }, { "prompt", "chosen", "rejected" }, or { "messages": [{ "role", "content" }, …] } in each line, no text of them empty.',
  });
