import type { InputRow } from '../../../domain/input.ts';

/** One row of a stream: what a client would send, and what production says back later. */
export type StreamRow = Readonly<{ index: number; row: InputRow; label: string }>;

/** What an example's simulation yields: rows in order, without end. */
export type SimulatedRow = Readonly<{ row: InputRow; label: string }>;

/** A stretch of production to play, in order. It can be iterated more than once and is the same every time. */
export type Stream = Readonly<{
  /** What a person calls it: the name of the file, or "simulated returns". */
  title: string;
  /** How many rows there are; null for a simulation, which has no end. */
  length: number | null;
  /** Indices of the first rows of each new regime, where the truth is known; null where it is not. */
  driftAtRows: readonly number[] | null;
  /** The seed behind it; null for a file. */
  seed: number | null;
  rows(): AsyncIterable<StreamRow>;
}>;

/** The rows with from <= index < to, in memory. */
export async function takeRows(stream: Stream, range: { from?: number; to: number }): Promise<StreamRow[]> {
  const taken: StreamRow[] = [];
  for await (const row of stream.rows()) {
    if (row.index >= range.to) break;
    if (row.index >= (range.from ?? 0)) taken.push(row);
  }
  return taken;
}

/** The rows from an index on, to an end if there is one. */
export async function* rowsBetween(
  stream: Stream,
  range: { from: number; to?: number | null },
): AsyncIterable<StreamRow> {
  for await (const row of stream.rows()) {
    if (range.to !== undefined && range.to !== null && row.index >= range.to) return;
    if (row.index >= range.from) yield row;
  }
}
