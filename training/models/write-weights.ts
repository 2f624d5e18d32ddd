import { open } from 'node:fs/promises';
import { littleEndian, writeHeader } from '../safetensors.ts';
import { invalidBase } from './unfit-base.ts';

/**
 * A tensor whose values are only fetched, or computed, when it is its turn to be written: all of them, as a variable's, or
 * piece by piece.
 */
export type StoredTensor = { shape: readonly number[] } & (
  | { data(): Promise<unknown> }
  | { pieces(): AsyncIterable<Float32Array> }
);

const FLOAT_BYTES = 4;

/**
 * Writes float32 weights to a safetensors file, sorted by name, so that the same weights are the same bytes. One tensor
 * is in memory at a time, or a piece of it: of a large network there is not a second copy.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID` where a weight is not finite
 */
export async function writeWeights(file: string, weights: ReadonlyMap<string, StoredTensor>): Promise<void> {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const handle = await open(file, 'w');
  try {
    await handle.write(
      writeHeader(
        sorted.map(([name, { shape }]) => ({
          name,
          shape,
          dtype: 'F32',
          bytes: FLOAT_BYTES * shape.reduce((product, n) => product * n, 1),
        })),
        { format: 'pt' },
      ),
    );
    for (const [name, tensor] of sorted) {
      for await (const values of 'pieces' in tensor ? tensor.pieces() : [await tensor.data()]) {
        const floats = values as Float32Array;
        if (!floats.every(Number.isFinite)) throw invalidBase(`its "${name}" is not finite`);
        await handle.writeFile(littleEndian(floats));
      }
    }
  } finally {
    await handle.close();
  }
}
