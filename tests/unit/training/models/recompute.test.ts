import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../../training/backend.ts';
import { isImageConfig } from '../../../../training/models/config.ts';
import { classLogits } from '../../../../training/models/heads.ts';
import { imageClassLogits } from '../../../../training/models/image-network.ts';
import { textStates } from '../../../../training/models/network.ts';
import { lossAndGradients, trainOnly } from '../../../../training/models/parameters.ts';
import { byLayer, recomputing } from '../../../../training/models/recompute.ts';
import { seededChance } from '../../../../training/models/seeded-chance.ts';
import { startNetwork } from '../../../../training/models/start-network.ts';
import { plainWeights } from '../../../../training/models/weights.ts';
import { classes, tinyConfigs } from '../../../support/tiny-bases.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const dropping = {
  hidden_dropout_prob: 0.3,
  attention_probs_dropout_prob: 0.3,
  resid_pdrop: 0.3,
  attn_pdrop: 0.3,
  initializer_range: 0.3,
};
const tokens = {
  batch: 2,
  length: 4,
  ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 0),
  mask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0),
  types: new Int32Array(8),
};
const images = { batch: 2, pixels: Float32Array.from({ length: 2 * 2 * 6 * 6 }, (_, i) => (i % 7) / 7) };

test.each(['bert', 'gpt2', 'llama', 'vit'] as const)(
  'layers of a %s that are computed again give the same loss and gradients, dropout and padding included, and hold less',
  (kind) => {
    const network = startNetwork(tf, { ...tinyConfigs[kind], ...dropping }, classes(3), 1);
    const { config, parts, parameters } = network;
    trainOnly(parameters, () => true);
    const before = tf.memory().numTensors;
    const learn = (again: boolean) => {
      let held = 0;
      const { loss, gradients } = lossAndGradients(tf, parameters, () => {
        const chance = seededChance(tf, 3, 1);
        const plain = plainWeights(tf, parts, parameters);
        const weights = again ? recomputing(tf, plain, byLayer(parameters, ''), chance) : plain;
        const logits = isImageConfig(config)
          ? imageClassLogits(tf, config, weights, images, chance)
          : classLogits(
              tf,
              config,
              weights,
              textStates(tf, config, weights, tokens, chance).at(-1)!,
              tokens,
              chance,
            );
        held = tf.memory().numTensors;
        return tf.sum(tf.square(logits));
      });
      const said = [loss, ...gradients.values()].map((tensor) => [...tensor.dataSync()]);
      tf.dispose([loss, ...gradients.values()]);
      return { said, held };
    };
    const [kept, again] = [learn(false), learn(true)];
    expect(again.said).toEqual(kept.said);
    expect(again.held).toBeLessThan(kept.held);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...parameters.values()]);
  },
);
