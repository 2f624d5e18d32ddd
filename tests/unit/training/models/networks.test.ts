import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { isImageConfig } from '../../../../training/models/config.ts';
import type { ModelConfig } from '../../../../training/models/config.ts';
import type { Chance } from '../../../../training/models/dropout.ts';
import { classLogits } from '../../../../training/models/heads.ts';
import { imageClassLogits, pixelShapeOf } from '../../../../training/models/image-network.ts';
import type { LoadedNetwork } from '../../../../training/models/model-folder.ts';
import { textStates } from '../../../../training/models/network.ts';
import { lossAndGradients, trainOnly } from '../../../../training/models/parameters.ts';
import { seededChance } from '../../../../training/models/seeded-chance.ts';
import { startNetwork } from '../../../../training/models/start-network.ts';
import { plainWeights } from '../../../../training/models/weights.ts';
import { random } from '../../../../training/random.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import type { TestTensorflow } from '../../../support/tensorflows.ts';
import { classes, tinyConfigs } from '../../../support/tiny-bases.ts';

let all: TestTensorflow[];
beforeAll(async () => {
  all = await tensorflows();
  return async () => void (await all.at(-1)!.select());
});

const kinds = Object.keys(tinyConfigs) as ModelConfig['kind'][];
/** Every rate of every architecture, so that each place where something is dropped is passed. */
const dropping = {
  hidden_dropout_prob: 0.3,
  attention_probs_dropout_prob: 0.3,
  embd_pdrop: 0.3,
  resid_pdrop: 0.3,
  attn_pdrop: 0.3,
  attention_dropout: 0.3,
  initializer_range: 0.3,
};
const start = (tf: Tf, kind: ModelConfig['kind'], seed = 1) =>
  startNetwork(tf, { ...tinyConfigs[kind], ...dropping }, classes(3), seed);
const dispose = (tf: Tf, { parameters }: LoadedNetwork) => tf.dispose([...parameters.values()]);

const tokens = {
  batch: 2,
  length: 4,
  ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 0),
  mask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0),
  types: new Int32Array(8),
};
function scores(tf: Tf, { config, parts, parameters }: LoadedNetwork, chance?: Chance) {
  const weights = plainWeights(tf, parts, parameters);
  if (!isImageConfig(config)) {
    const last = textStates(tf, config, weights, tokens, chance).at(-1)!;
    return classLogits(tf, config, weights, last, tokens, chance);
  }
  const drawn = random(4);
  const { width, height, channels } = pixelShapeOf(config);
  const pixels = Float32Array.from({ length: 2 * channels * width * height }, () => drawn.uniform());
  return imageClassLogits(tf, config, weights, { batch: 2, pixels }, chance);
}
const read = (tf: Tf, network: LoadedNetwork, chance?: Chance) =>
  tf.tidy(() => [...scores(tf, network, chance).dataSync()]);

describe.each(kinds)('a %s from scratch', (kind) => {
  test('is the same for the same seed, and says and learns the same on every TensorFlow', async () => {
    const said: { scores: number[]; gradients: number[] }[] = [];
    for (const { select } of all) {
      const tf = await select();
      const [network, again, other] = [start(tf, kind), start(tf, kind), start(tf, kind, 2)];
      expect(read(tf, network)).toEqual(read(tf, again));
      expect(read(tf, network)).not.toEqual(read(tf, other));
      trainOnly(network.parameters, () => true);
      const { loss, gradients } = lossAndGradients(tf, network.parameters, () =>
        tf.sum(tf.square(scores(tf, network))),
      );
      said.push({
        scores: read(tf, network),
        gradients: [...gradients.values()].flatMap((gradient) => [...gradient.dataSync()]),
      });
      tf.dispose([loss, ...gradients.values()]);
      for (const one of [network, again, other]) dispose(tf, one);
    }
    const [first, ...others] = said;
    for (const one of others)
      for (const part of ['scores', 'gradients'] as const)
        for (const [i, value] of one[part].entries())
          expect(Math.abs(value - first![part][i]!)).toBeLessThan(1e-3 * (1 + Math.abs(value)));
  });

  test('drops only while it learns, by the seed and the step', async () => {
    for (const { select } of all) {
      const tf = await select();
      const network = start(tf, kind);
      const learning = (seed: number, step: number) => read(tf, network, seededChance(tf, seed, step));
      expect(learning(1, 1)).toEqual(learning(1, 1));
      expect(learning(1, 1)).not.toEqual(learning(1, 2));
      expect(learning(1, 1)).not.toEqual(read(tf, network));
      expect(read(tf, network)).toEqual(read(tf, network));
      dispose(tf, network);
    }
  });
});
