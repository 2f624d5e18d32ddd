import { readOver } from '../adapters/over-base.ts';
import { createSharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import { storedName } from '../models/checkpoint-names.ts';
import type { Head } from '../models/heads.ts';
import type { CheckpointTensor } from '../models/weights-files.ts';
import type { StoredTensor } from '../models/write-weights.ts';
import { settledWith } from './held-network.ts';

/**
 * What a network that goes on from this folder begins with, where that is an adapter's: the weights of its base with what
 * the adapter has learnt in them. Nothing where the folder has weights of its own.
 *
 * @throws {DriftloopError} as `SharedBases.open`, once it is read
 */
export async function checkpointIn(
  tf: Tf,
  folder: string,
  head: Head,
): Promise<{ checkpoint?: AsyncIterable<CheckpointTensor> }> {
  const over = await readOver(folder);
  return over === null ? {} : { checkpoint: merged() };

  async function* merged(): AsyncGenerator<CheckpointTensor> {
    const { network, dispose } = await createSharedBases(tf).open(folder, over!, head);
    try {
      for (const [name, tensor] of settledWith(tf, network, network.adapter)) {
        const values = () => valuesOf(tensor);
        yield {
          name: storedName(network.config.kind, name),
          shape: tensor.shape,
          isFloats: true,
          values,
          async *pieces(numbers) {
            const all = await values();
            for (let at = 0; at < all.length; at += numbers) yield all.subarray(at, at + numbers);
          },
        };
      }
    } finally {
      dispose();
    }
  }
}

async function valuesOf(tensor: StoredTensor): Promise<Float32Array> {
  // A copy: what is freed afterwards may be what was read from.
  if ('data' in tensor) return Float32Array.from((await tensor.data()) as Float32Array);
  const all = new Float32Array(tensor.shape.reduce((product, n) => product * n, 1));
  let at = 0;
  for await (const piece of tensor.pieces()) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
