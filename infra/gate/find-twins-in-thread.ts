import { setImmediate } from 'node:timers/promises';
import type { InputRow } from '../../domain/input.ts';
import { findTwins } from '../../training/data/find-twins.ts';
import type { TwinQuestion, Twins } from '../../training/data/find-twins.ts';
import { askThread } from './ask-thread.ts';

/** Rows as texts, in portions: a text is handed to a thread at once, and a hundred thousand rows are not. */
export type PackedTwinQuestion = Omit<TwinQuestion, 'rows' | 'heldOut'> &
  Record<'rows' | 'heldOut', string[]>;

/** What is done before anybody waits for it: below this a thread would take longer to start. */
const QUICK = { rows: 5_000, characters: 40_000 };

/** Rows that are written as one text: nobody waits for a few milliseconds. */
const PORTION = 5_000;

/** Finds twins; among many rows, or long texts, in a thread of its own, so that its process goes on answering meanwhile. */
export async function findTwinsInThread(question: TwinQuestion): Promise<Twins> {
  if (isQuick(question)) return findTwins(question);
  const [rows, heldOut] = [await pack(question.rows), await pack(question.heldOut)];
  return askThread('findTwins', { ...question, rows, heldOut });
}

function isQuick({ input, rows, heldOut, goldenTexts = [] }: TwinQuestion): boolean {
  if (rows.length + heldOut.length + goldenTexts.length > QUICK.rows) return false;
  const long = Object.keys(input).filter((name) => ['text', 'image'].includes(input[name]!.kind));
  let characters = 0;
  for (const row of [...rows, ...heldOut, ...goldenTexts])
    for (const name of long) characters += String(row[name] ?? '').length;
  return characters <= QUICK.characters;
}

async function pack(rows: readonly InputRow[]): Promise<string[]> {
  const portions: string[] = [];
  for (let from = 0; from < rows.length; from += PORTION) {
    portions.push(JSON.stringify(rows.slice(from, from + PORTION)));
    await setImmediate();
  }
  return portions;
}

export const unpack = ({ rows, heldOut, ...rest }: PackedTwinQuestion): TwinQuestion => ({
  ...rest,
  rows: rowsOf(rows),
  heldOut: rowsOf(heldOut),
});

const rowsOf = (portions: readonly string[]): InputRow[] =>
  portions.flatMap((portion) => JSON.parse(portion) as InputRow[]);
