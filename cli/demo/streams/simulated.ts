import type { SimulatedRow, Stream, StreamRow } from './stream.ts';

/** What an example exports to be played without a file: rows without end, the same for the same seed. */
export type Simulate = (options: { seed: number }) => Iterable<SimulatedRow>;

/** A simulated production as a stream; it ends only when nobody asks for more. */
export function simulatedStream(options: {
  title: string;
  simulate: Simulate;
  seed: number;
  driftAtRows: readonly number[] | null;
}): Stream {
  const { title, simulate, seed, driftAtRows } = options;
  return {
    title,
    length: null,
    driftAtRows,
    seed,
    async *rows(): AsyncIterable<StreamRow> {
      let index = 0;
      for (const { row, label } of simulate({ seed })) {
        yield { index, row, label };
        index += 1;
      }
    },
  };
}
