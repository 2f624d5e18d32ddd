/**
 * Which inputs have come before? The newest ones are remembered, of each version by itself, and never more than so many.
 *
 * What is remembered is of one process: it begins with nothing, and where several share the partitions, each sees the
 * copies that come to itself. So the count says too little rather than too much, and one look at it says whether a
 * pipeline sends rows twice. A pair of copies within one commit of each other is missed, too.
 */
import type { PredictionRow } from '../../domain/ingest-ports.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { orderOf } from './partition-for-life.ts';

/** Some 2 MB; one in 10¹¹ inputs is taken for another. */
const MOST = 16_384;

export type RecentInputs = Readonly<{
  /**
   * Those of these rows whose input has come before, in them or earlier. `remember` is to be called when the rows have
   * taken effect, so that a batch which is tried again is not a copy of itself.
   */
  look(
    rows: readonly PredictionRow[],
    inputOf: InputsOf,
  ): { repeated: readonly PredictionRow[]; remember: () => void };
}>;

/** The declared features of a model. */
type InputsOf = (model: string) => ModelConfig['input'];

export function createRecentInputs(most = MOST): RecentInputs {
  // A set goes through its members in the order in which they came.
  const known = new Set<number>();
  return {
    look(rows, inputOf) {
      const keys = rows.map((row) => keyOf(row, inputOf));
      const here = new Set<number>();
      const repeated = rows.filter((_, i) => {
        const key = keys[i]!;
        if (known.has(key) || here.has(key)) return true;
        here.add(key);
        return false;
      });
      return {
        repeated,
        remember() {
          for (const key of keys) {
            known.delete(key);
            known.add(key);
          }
          for (const oldest of known) {
            if (known.size <= most) break;
            known.delete(oldest);
          }
        },
      };
    },
  };
}

const keyOf = ({ model, version, input }: PredictionRow, inputOf: InputsOf): number => {
  const hash = startHash();
  hash.text(model);
  hash.text(version);
  for (const name of orderOf(inputOf(model))) {
    const value = input[name];
    if (typeof value === 'number') hash.number(value);
    // No text holds a NUL: it was refused when the message was read.
    else hash.text(value ?? '\0');
  }
  return hash.end();
};

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * 53 bits of what is said to it, as many as a number holds: two rounds of multiply and xor side by side (FNV-1a with two
 * primes, mixed at the end as MurmurHash3 does). Nobody's secret; writing a row as text for a hash of node:crypto takes
 * five times as long, and each row that is ingested is hashed.
 */
function startHash() {
  let [a, b] = [0x811c9dc5, 0x41c6ce57];
  const add = (word: number) => {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ word ^ (b >>> 15), 0x5f356495);
  };
  return {
    number(x: number) {
      float[0] = x;
      add(halves[0]!);
      add(halves[1]!);
    },
    /** With its end, so that two texts are not one longer one. */
    text(text: string) {
      for (let i = 0; i < text.length; i += 1) add(text.charCodeAt(i));
      add(text.length);
    },
    end(): number {
      const high = mixed(a ^ (b >>> 16));
      const low = mixed(b ^ (high >>> 16));
      return (low >>> 11) * 2 ** 32 + (high >>> 0);
    },
  };
}

function mixed(h: number): number {
  const once = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
