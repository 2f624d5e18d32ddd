/**
 * Which inputs have come before? The newest ones are remembered, of each version by itself, and never more than so many.
 *
 * What is remembered is of one process: it begins with nothing, and where several share the partitions, each sees the
 * copies that come to itself. So the count says too little rather than too much, and one look at it says whether a
 * pipeline sends rows twice. A pair of copies within one commit of each other is missed, too.
 */
import { createHash } from 'node:crypto';
import type { PredictionRow } from '../../domain/ingest-ports.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { normalisedInput } from './partition-for-life.ts';

/** Some 2 MB; one in 10⁹ inputs is taken for another. */
const MOST = 16_384;

export type RecentInputs = Readonly<{
  /** Those of these rows whose input has come before, in them or earlier. Nothing is remembered yet. */
  repeated(rows: readonly PredictionRow[], inputOf: InputsOf): PredictionRow[];
  /** To be called when the rows have taken effect, so that a batch which is tried again is not a copy of itself. */
  remember(rows: readonly PredictionRow[], inputOf: InputsOf): void;
}>;

/** The declared features of a model. */
type InputsOf = (model: string) => ModelConfig['input'];

export function createRecentInputs(most = MOST): RecentInputs {
  // A set goes through its members in the order in which they came.
  const known = new Set<number>();
  return {
    repeated(rows, inputOf) {
      const here = new Set<number>();
      return rows.filter((row) => {
        const key = keyOf(row, inputOf);
        if (known.has(key) || here.has(key)) return true;
        here.add(key);
        return false;
      });
    },
    remember(rows, inputOf) {
      for (const row of rows) {
        const key = keyOf(row, inputOf);
        known.delete(key);
        known.add(key);
      }
      for (const oldest of known) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
    },
  };
}

const keyOf = ({ model, version, input }: PredictionRow, inputOf: InputsOf): number =>
  createHash('sha1')
    .update(`${model}\n${version}\n${normalisedInput(inputOf(model), input)}`)
    .digest()
    .readUIntBE(0, 6);
