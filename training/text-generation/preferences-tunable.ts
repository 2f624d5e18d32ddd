import type { Scalar, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Tunable } from '../fine-tuning/fit-network.ts';
import type { HeldNetwork } from '../fine-tuning/held-network.ts';
import { dpo } from '../losses/dpo.ts';
import type { PairLogProbabilities } from '../losses/dpo.ts';
import { itemLosses } from '../losses/item-losses.ts';
import type { Chance } from '../models/dropout.ts';
import { seededChance } from '../models/seeded-chance.ts';
import type { Weights } from '../models/weights.ts';
import { parametersOf } from '../optimization/parameter-groups.ts';
import type { WrittenText } from './conversation.ts';
import { learntTokens } from './decoder.ts';
import type { Decoder } from './decoder.ts';
import { meanReward, rewardsOf } from './rewards.ts';
import type { PairScore } from './rewards.ts';
import type { GeneratorSettings } from './settings.ts';
import { tokenScores } from './token-scores.ts';

/** Two answers to one prompt, of which a person liked the first better. */
export type WrittenPair = Readonly<{ chosen: WrittenText; rejected: WrittenText }>;

/** A pair, and how likely the model that the training begins with finds both answers. */
type JudgedPair = WrittenPair & { reference: PairScore };

/**
 * Learning which answers are preferred (DPO). What the model began as never has to be kept beside it: how likely it
 * finds each answer is computed once, before the first step. A validation's score is the share of the pairs of which the
 * chosen answer has gained more.
 */
export async function preferencesTunable(
  tf: Tf,
  decoder: Decoder,
  held: HeldNetwork,
  pairs: { train: readonly WrittenPair[]; validation: readonly WrittenPair[] },
  { seed, method, beta }: GeneratorSettings,
  signal?: AbortSignal,
): Promise<Tunable> {
  const judged = async (some: readonly WrittenPair[]): Promise<JudgedPair[]> => {
    const reference = await pairScores(tf, decoder, held.weights(), some, signal);
    return some.map((pair, i) => ({ ...pair, reference: reference[i]! }));
  };
  const [train, validation] = [await judged(pairs.train), await judged(pairs.validation)];
  const lossOf = (some: readonly JudgedPair[], step: number): Scalar => {
    const chance = seededChance(tf, seed, step);
    const policy = logProbabilities(tf, decoder, held.weights(chance), some, chance);
    const reference = {
      chosen: tf.tensor1d(some.map((pair) => pair.reference.chosen)),
      rejected: tf.tensor1d(some.map((pair) => pair.reference.rejected)),
    };
    return dpo(tf, policy, reference, { beta });
  };
  return {
    rows: train.length,
    lengths: Int32Array.from(train, ({ chosen, rejected }) =>
      Math.max(chosen.ids.length, rejected.ids.length),
    ),
    parameters: parametersOf(held.trained, { layerRate: method.kind === 'full' ? method.layerRate : 1 }),
    parts: (rows, step, atMost) =>
      Array.from({ length: Math.ceil(rows.length / atMost) }, (_, part) => {
        const some = Array.from(rows.subarray(part * atMost, (part + 1) * atMost), (row) => train[row]!);
        return { weight: some.length, loss: () => lossOf(some, step) };
      }),
    validate:
      validation.length === 0
        ? null
        : async () => {
            const policy = await pairScores(tf, decoder, held.weights(), validation, signal);
            const reference = validation.map((pair) => pair.reference);
            const { loss, accuracy } = meanReward(rewardsOf(policy, reference, beta));
            return { loss, score: accuracy };
          },
  };
}

/** Log-probabilities of the answers of pairs, in their order. */
export async function pairScores(
  tf: Tf,
  decoder: Decoder,
  weights: Weights,
  pairs: readonly WrittenPair[],
  signal?: AbortSignal,
): Promise<PairScore[]> {
  const texts = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const scores = await tokenScores(tf, decoder, weights, texts, signal);
  return pairs.map((_, i) => ({ chosen: -scores[2 * i]!.loss, rejected: -scores[2 * i + 1]!.loss }));
}

/** The same with gradients, of a few pairs: all chosen answers, then all rejected ones, are one batch. */
function logProbabilities(
  tf: Tf,
  decoder: Decoder,
  weights: Weights,
  pairs: readonly WrittenPair[],
  chance: Chance,
): PairLogProbabilities {
  const texts = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
  const { logits, truth, text } = learntTokens(tf, decoder, weights, texts, chance);
  const { losses } = itemLosses(tf, logits, tf.tensor1d(truth, 'int32'));
  // A sum for each text, as a product: it has a gradient, and no index that would have to be read back.
  const of = new Float32Array(texts.length * text.length);
  for (const [i, row] of text.entries()) of[row * text.length + i] = -1;
  const sums = tf.matMul(tf.tensor2d(of, [texts.length, text.length]), tf.expandDims(losses, 1));
  const [chosen, rejected] = tf.split(tf.reshape(sums, [texts.length]), 2) as [Tensor1D, Tensor1D];
  return { chosen, rejected };
}
