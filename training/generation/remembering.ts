import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { attentionShares, headsOf } from '../models/attention.ts';
import type { DecoderConfig } from '../models/config.ts';
import { headShape, rotaryFor } from '../models/decoder-input.ts';
import type { Attend } from '../models/decoder-input.ts';
import { bothMasks, causalMask, paddingMask } from '../models/masks.ts';
import { turn } from '../models/rotary.ts';

/** What has been read of a batch of texts: the keys and values of each layer, so that no token is read twice. */
export type Memory = {
  /**
   * How the next tokens of all texts see those before them and each other; they are remembered.
   *
   * @param positions of the new tokens, [batch · length]
   */
  attend(positions: Int32Array, length: number): Attend;
  dispose(): void;
};

/**
 * @param mask of the texts that are read first, [batch · length]; 0 where they are padding. What comes later is not.
 */
export function emptyMemory(tf: Tf, config: DecoderConfig, mask: Int32Array, batch: number): Memory {
  const known = new Map<number, { keys: Tensor; values: Tensor }>();
  const shape = headShape(config);
  const first = mask.length / batch;

  const remember = (layer: number, keys: Tensor, values: Tensor) => {
    const before = known.get(layer);
    const now = before
      ? { keys: tf.concat([before.keys, keys], 2), values: tf.concat([before.values, values], 2) }
      : { keys: tf.clone(keys), values: tf.clone(values) };
    if (before) tf.dispose(before);
    tf.keep(now.keys);
    tf.keep(now.values);
    known.set(layer, now);
    return now;
  };

  return {
    attend(positions, length) {
      const before = known.get(0)?.keys.shape[2] ?? 0;
      const all = before + length;
      const hidden = bothMasks(
        tf,
        causalMask(tf, length, all),
        paddingMask(tf, { mask: extended(mask, batch, first, all), batch, length: all }),
      );
      const rotary = rotaryFor(tf, config, { positions, batch, length });
      const heads = headsOf(tf, { ...shape, batch, length });
      const scale = 1 / Math.sqrt(shape.headDim);
      const placed = (x: Tensor) => (rotary ? turn(tf, x, rotary) : x);
      return (layer, [q, k, v]) => {
        const { keys, values } = remember(layer, placed(heads.split(k)), heads.split(v));
        const queries = heads.group(tf.mul(placed(heads.split(q)), scale));
        const shares = attentionShares(tf, queries, keys, hidden, shape);
        return heads.join(heads.ungroup(tf.matMul(shares, values)));
      };
    },
    dispose() {
      for (const layer of known.values()) tf.dispose(layer);
      known.clear();
    },
  };
}

/** The mask of the first tokens, and 1 for each that came after them. */
function extended(mask: Int32Array, batch: number, first: number, all: number): Int32Array {
  if (all === first) return mask;
  const longer = new Int32Array(batch * all).fill(1);
  for (let row = 0; row < batch; row += 1)
    longer.set(mask.subarray(row * first, (row + 1) * first), row * all);
  return longer;
}
