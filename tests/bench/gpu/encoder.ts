import type { Tf } from '../../../training/backend.ts';
import { fitNetwork } from '../../../training/fine-tuning/fit-network.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import type { TextConfig } from '../../../training/models/config.ts';
import { classLogits } from '../../../training/models/heads.ts';
import { textStates } from '../../../training/models/network.ts';
import { trainOnly } from '../../../training/models/parameters.ts';
import { seededChance } from '../../../training/models/seeded-chance.ts';
import { startNetwork } from '../../../training/models/start-network.ts';
import { plainWeights } from '../../../training/models/weights.ts';
import { adamw } from '../../../training/optimization/adamw.ts';
import { parametersOf } from '../../../training/optimization/parameter-groups.ts';
import { meanCrossEntropy } from '../../../training/softmax.ts';
import { shareRight } from '../../../training/share-right.ts';
import { tokenBatch } from '../../../training/text/token-batch.ts';
import { noiseFrom } from './networks.ts';

const CLASSES = 4;
const VOCABULARY = 200;
const SEED = 5;

/** Texts of 8 to 24 tokens, of which every third is of the text's own class. */
function labelledTexts(count: number, seed: number) {
  const noise = noiseFrom(seed);
  const draw = (below: number) => Math.floor(((noise() + 1) / 2) * below);
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const texts = Array.from(labels, (label) => {
    const ids = Array.from({ length: 8 + draw(17) }, (_, i) =>
      i % 3 === 1 ? CLASSES * (1 + draw(10)) + label : 1 + draw(VOCABULARY - 1),
    );
    return { ids, types: ids.map(() => 0) };
  });
  return { texts, labels };
}

/**
 * A whole training of an encoder from scratch on texts that it can tell apart: dropout, batches of many lengths,
 * validation, the best epoch.
 */
export async function trainEncoder(
  tf: Tf,
  { rows, hidden, epochs }: { rows: number; hidden: number; epochs: number },
): Promise<Record<string, unknown>> {
  const json = {
    model_type: 'bert',
    vocab_size: VOCABULARY,
    max_position_embeddings: 32,
    hidden_size: hidden,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 4 * hidden,
  };
  const network = startNetwork(tf, json, { kind: 'classes', classes: CLASSES }, SEED);
  trainOnly(network.parameters, () => true);
  const config = network.config as TextConfig;
  const weights = plainWeights(tf, network.parts, network.parameters);
  const train = labelledTexts(rows, 11);
  const held = labelledTexts(Math.round(rows / 4), 12);
  const logits = (texts: typeof train.texts, step: number | null) => {
    const chance = step === null ? undefined : seededChance(tf, SEED, step);
    const tokens = tokenBatch(texts, 0, 'right');
    const last = textStates(tf, config, weights, tokens, chance).at(-1)!;
    return classLogits(tf, config, weights, last, tokens, chance);
  };
  const losses: (number | null)[] = [];
  const began = performance.now();
  const fitted = await fitNetwork({
    tf,
    tunable: {
      rows,
      lengths: Int32Array.from(train.texts, ({ ids }) => ids.length),
      parameters: parametersOf(network.parameters),
      parts: (picked, step) => [
        {
          weight: picked.length,
          loss: () => {
            const some = Array.from(picked, (row) => train.texts[row]!);
            const truth = Int32Array.from(picked, (row) => train.labels[row]!);
            return crossEntropy(tf, logits(some, step), tf.tensor1d(truth, 'int32'));
          },
        },
      ],
      validate: async () => {
        const answers = tf.tidy(() => logits(held.texts, null));
        const values = Float32Array.from(await answers.data<'float32'>());
        answers.dispose();
        return {
          loss: meanCrossEntropy(values, held.labels, CLASSES),
          score: shareRight(values, held.labels, CLASSES),
        };
      },
    },
    rule: adamw(),
    settings: {
      learningRate: 1e-3,
      schedule: { kind: 'cosine' },
      warmupShare: 0.1,
      batchSize: 32,
      epochs,
      maxNorm: 1,
      patience: epochs,
      seed: SEED,
    },
    onProgress: () => undefined,
    onEpoch: ({ trainLoss }) => void losses.push(trainLoss),
  });
  const seconds = (performance.now() - began) / 1000;
  tf.dispose([...network.parameters.values()]);
  return {
    rows,
    steps: fitted.steps,
    trainLosses: losses,
    validation: fitted.validation,
    bestEpoch: fitted.bestEpoch,
    seconds: Number(seconds.toPrecision(3)),
    rowsPerSecond: Math.round((rows * fitted.epochs) / seconds),
  };
}
