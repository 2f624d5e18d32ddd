import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Chance } from './dropout.ts';
import { turn, turnBack } from './rotary.ts';
import type { Rotary } from './rotary.ts';
import { withGradient } from '../custom-gradient.ts';
import { scaled } from '../scaled.ts';

export type AttentionShape = {
  batch: number;
  length: number;
  heads: number;
  /** Heads of keys and values; head k of them serves the query heads k·g … k·g + g − 1, g = heads / kvHeads. */
  kvHeads: number;
  headDim: number;
};

/** How the tokens of some texts see each other, the same in all layers. */
export type Sight = {
  /** Added to the scores before the softmax: [batch or 1, 1, length or 1, length]; null hides nothing. */
  mask: Tensor | null;
  /** Turns queries and keys by their positions; null where positions are in the embeddings. */
  rotary: Rotary | null;
};

/** Everything is seen, from wherever. */
export const clearSight: Sight = { mask: null, rotary: null };

export type AttentionOptions = Sight & {
  dropout: number;
  chance: Chance | undefined;
};

/**
 * softmax(q·kᵀ / √headDim + mask)·v for all heads at once, as one operation.
 *
 * Queries are laid out as [batch, kvHeads, g·length, headDim], so that keys and values shared by several heads are never
 * copied, and both sides of each product have the same batch: TensorFlow 2.18 corrupts its memory where it broadcasts
 * one over a batch of [n, 1].
 *
 * @param q [batch·length, heads·headDim]; k and v: [batch·length, kvHeads·headDim]
 * @returns [batch·length, heads·headDim]
 *
 * Source: Vaswani et al., "Attention Is All You Need" (2017); shared heads: Ainslie et al., "GQA" (2023).
 */
export function attention(
  tf: Tf,
  [q, k, v]: readonly [Tensor2D, Tensor2D, Tensor2D],
  shape: AttentionShape,
  { mask, rotary, dropout, chance }: AttentionOptions,
): Tensor2D {
  const scale = 1 / Math.sqrt(shape.headDim);
  const heads = headsOf(tf, shape);
  return withGradient<Tensor2D>(
    tf,
    [q, k, v],
    (save) => {
      const queries = heads.group(scaled(tf, position(tf, heads.split(q), rotary), scale));
      const keys = position(tf, heads.split(k), rotary);
      const values = heads.split(v);
      const shares = attentionShares(tf, queries, keys, mask, shape);
      const kept = chance && dropout > 0 ? chance(shares.shape, dropout) : null;
      const turned = rotary ? [rotary.cos, rotary.sin] : [];
      save([queries, keys, values, shares, ...turned, ...(kept ? [kept] : [])]);
      const mixed = tf.matMul(kept ? tf.mul(shares, kept) : shares, values);
      return heads.join(heads.ungroup(mixed));
    },
    (dy, [queries, keys, values, shares, ...rest]) => {
      const kept = rotary ? rest[2] : rest[0];
      const back = (x: Tensor) => (rotary ? turnBack(tf, x, { cos: rest[0]!, sin: rest[1]! }) : x);
      const byMixed = heads.group(heads.split(dy));
      const given = kept ? tf.mul(shares!, kept) : shares!;
      const byValues = tf.matMul(given, byMixed, true);
      const byGiven = tf.matMul(byMixed, values!, false, true);
      const weighted = tf.mul(kept ? tf.mul(byGiven, kept) : byGiven, shares!);
      const byScores = tf.sub(weighted, tf.mul(shares!, tf.sum(weighted, -1, true)));
      const byQueries = heads.ungroup(scaled(tf, tf.matMul(byScores, keys!), scale));
      const byKeys = tf.matMul(byScores, queries!, true);
      return [heads.join(back(byQueries)), heads.join(back(byKeys)), heads.join(byValues)];
    },
  );
}

/** The ways between rows of tokens and heads; without gradients of their own. */
export function headsOf(tf: Tf, { batch, length, heads, kvHeads, headDim }: AttentionShape) {
  const shared = heads / kvHeads;
  return {
    /** [batch·length, h·headDim] → [batch, h, length, headDim] */
    split: (x: Tensor) => tf.transpose(tf.reshape(x, [batch, length, -1, headDim]), [0, 2, 1, 3]),
    /** Back. */
    join: (x: Tensor): Tensor2D => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch * length, -1]),
    /** [batch, heads, length, headDim] → [batch, kvHeads, g·length, headDim] */
    group: (x: Tensor) => (shared === 1 ? x : tf.reshape(x, [batch, kvHeads, shared * length, headDim])),
    ungroup: (x: Tensor) => (shared === 1 ? x : tf.reshape(x, [batch, heads, length, headDim])),
  };
}

const position = (tf: Tf, x: Tensor, rotary: Rotary | null): Tensor => (rotary ? turn(tf, x, rotary) : x);

/**
 * How much each token looks at each other one: [batch, kvHeads, g·queries, keys], each row of sum 1.
 *
 * @param queries grouped as above and already scaled; keys: [batch, kvHeads, keys, headDim]
 */
export function attentionShares(
  tf: Tf,
  queries: Tensor,
  keys: Tensor,
  mask: Tensor | null,
  { heads, kvHeads }: Pick<AttentionShape, 'heads' | 'kvHeads'>,
): Tensor {
  const scores = tf.matMul(queries, keys, false, true);
  if (!mask) return tf.softmax(scores);
  // The mask of a length of queries holds for each of the heads that lie one after the other.
  const shared = heads / kvHeads;
  const same = shared === 1 || mask.shape[2] === 1;
  return tf.softmax(tf.add(scores, same ? mask : tf.tile(mask, [1, 1, shared, 1])));
}
