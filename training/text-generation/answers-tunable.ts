import type { Tf } from '../backend.ts';
import type { HeldNetwork } from '../fine-tuning/held-network.ts';
import type { Tunable } from '../fine-tuning/fit-network.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { seededChance } from '../models/seeded-chance.ts';
import { parametersOf } from '../optimization/parameter-groups.ts';
import type { WrittenText } from './conversation.ts';
import { learntTokens } from './decoder.ts';
import type { Decoder } from './decoder.ts';
import type { GeneratorSettings } from './settings.ts';
import { meanScore, tokenScores } from './token-scores.ts';

/**
 * Learning to write answers: down the mean loss of the tokens that are to be learnt. A validation's score is the share
 * of the tokens that are foreseen.
 */
export function answersTunable(
  tf: Tf,
  decoder: Decoder,
  held: HeldNetwork,
  { train, validation }: { train: readonly WrittenText[]; validation: readonly WrittenText[] },
  { seed, method }: GeneratorSettings,
): Tunable {
  const lossOf = (texts: readonly WrittenText[], step: number) => {
    const chance = seededChance(tf, seed, step);
    const { logits, truth } = learntTokens(tf, decoder, held.weights(chance), texts, chance);
    return crossEntropy(tf, logits, tf.tensor1d(truth, 'int32'));
  };
  return {
    rows: train.length,
    lengths: Int32Array.from(train, ({ ids }) => ids.length),
    parameters: parametersOf(held.trained, { layerRate: method.kind === 'full' ? method.layerRate : 1 }),
    parts: (rows, step, atMost) =>
      Array.from({ length: Math.ceil(rows.length / atMost) }, (_, part) => {
        const some = Array.from(rows.subarray(part * atMost, (part + 1) * atMost), (row) => train[row]!);
        return { weight: learntIn(some), loss: () => lossOf(some, step) };
      }),
    validate:
      validation.length === 0
        ? null
        : async () => {
            const { loss, right } = meanScore(await tokenScores(tf, decoder, held.weights(), validation));
            return { loss, score: right };
          },
  };
}

/** The first token of a text follows nothing. */
const learntIn = (texts: readonly WrittenText[]): number =>
  texts.reduce((sum, { learns }) => sum + learns.filter((is, at) => is && at > 0).length, 0);
