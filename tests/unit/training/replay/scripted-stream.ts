import type { ReplayStream } from '../../../../training/replay/replay.ts';

/** A stream on which every version errs exactly where the script says; a model is its version's number. */
export const scriptedStream = (script: {
  rows: number;
  firstRows?: number;
  delay?: number;
  isWrong: (version: number, row: number) => boolean;
}): ReplayStream<number> => ({
  labels: new Uint8Array(script.rows),
  firstRows: script.firstRows ?? 500,
  delay: script.delay ?? 0,
  train: ({ version }) => version,
  predict: (version, from, to) =>
    Uint8Array.from({ length: to - from }, (_, i) => Number(script.isWrong(version, from + i))),
});
