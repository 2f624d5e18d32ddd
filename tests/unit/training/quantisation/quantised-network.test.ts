import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../../training/backend.ts';
import { holdWithAdapter } from '../../../../training/fine-tuning/held-network.ts';
import type { DecoderConfig, TextConfig } from '../../../../training/models/config.ts';
import { classLogits, nextTokenLogits } from '../../../../training/models/heads.ts';
import { loadNetwork, writeModelFolder } from '../../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../../training/models/model-folder.ts';
import { textStates } from '../../../../training/models/network.ts';
import { plainWeights } from '../../../../training/models/weights.ts';
import type { Weights } from '../../../../training/models/weights.ts';
import { lookUpTables } from '../../../../training/quantisation/look-up-tables.ts';
import {
  disposeNetwork,
  loadQuantised,
  quantisedWeights,
  weightsOf,
} from '../../../../training/quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../../../../training/quantisation/quantised-network.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { classes, writeTinyBase } from '../../../support/tiny-bases.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
  lookUpTables(tf);
});

const tokens = {
  batch: 1,
  length: 4,
  ids: Int32Array.of(1, 2, 3, 4),
  mask: new Int32Array(4).fill(1),
  types: new Int32Array(4),
};
const scores = (config: TextConfig, weights: Weights) =>
  tf.tidy(() => [
    ...classLogits(tf, config, weights, textStates(tf, config, weights, tokens).at(-1)!, tokens).dataSync(),
  ]);

test.each(['bert', 'gpt2', 'llama'] as const)(
  'a %s in 4 bits is near the one in floats; with an adapter in it, it answers and is written as it was trained',
  async (kind) => {
    const folder = tempFolder();
    await writeTinyBase(folder, kind);
    const before = tf.memory().numTensors;
    const plain = await loadNetwork(tf, folder, classes(3), { seed: 2 });
    const config = plain.config as TextConfig;
    const exact = scores(config, plainWeights(tf, plain.parts, plain.parameters));

    const network = await loadQuantised(tf, folder, classes(3), { seed: 2 });
    expect([...network.parameters.keys()].filter((name) => network.quantised.has(name))).toEqual([]);
    const coarse = scores(config, quantisedWeights(tf, network));
    const apart = coarse.map((score, i) => Math.abs(score - exact[i]!));
    expect(Math.max(...apart)).toBeGreaterThan(0);
    expect(Math.max(...apart)).toBeLessThan(1);

    const lora = {
      rank: 2,
      alpha: 4,
      rankStabilised: false,
      dropout: 0,
      keptWhole: [],
      targets: 'all-linear',
    } as const;
    const held = holdWithAdapter(tf, network, classes(3), { lora, seed: 1 });
    for (const [name, b] of held.trained)
      if (name.endsWith('.lora_B.weight'))
        tf.tidy(() => b.assign(tf.randomNormal(b.shape, 0, 0.3, 'float32', 2)));
    const beside = scores(config, held.weights());
    const written = tempFolder();
    await writeModelFolder(written, { ...network, parameters: held.settled() }, {}, null);
    const settled = held.settle();
    held.dispose();
    const again = await loadNetwork(tf, written, classes(3), { seed: 3 });
    expect(again.fresh).toEqual([]);
    for (const found of [settled, again]) {
      const said = scores(config, weightsOf(tf, found));
      for (const [i, score] of said.entries()) expect(score).toBeCloseTo(beside[i]!, 4);
      disposeNetwork(tf, found);
    }
    disposeNetwork(tf, plain);
    expect(tf.memory().numTensors).toBe(before);
  },
);

/** GPT-2's widths by twelve, and a Llama whose vocabulary is not tied: of either a third are for words. */
const largeVocabularies = {
  gpt2: { vocab_size: 4_190, n_positions: 85, n_embd: 64, n_layer: 12, n_head: 4, n_inner: null },
  llama: {
    vocab_size: 2_000,
    hidden_size: 128,
    intermediate_size: 352,
    num_hidden_layers: 6,
    head_dim: 32,
    attention_bias: false,
    mlp_bias: false,
    tie_word_embeddings: false,
  },
};

test.each(['gpt2', 'llama'] as const)(
  'of a %s with a large vocabulary all that is frozen takes at most a fifth of its floats, and it answers nearly as well',
  async (kind) => {
    const folder = tempFolder();
    const head = { kind: 'next-token' } as const;
    await writeTinyBase(folder, kind, largeVocabularies[kind], head);
    const held = async (load: () => Promise<LoadedNetwork | QuantisedNetwork>) => {
      const before = tf.memory().numBytes;
      const network = await load();
      return { network, bytes: tf.memory().numBytes - before };
    };
    const lora = await held(() => loadNetwork(tf, folder, head, { seed: 1 }));
    const qlora = await held(() => loadQuantised(tf, folder, head, { seed: 1 }));
    const floats = await held(() => loadQuantised(tf, folder, head, { seed: 1, embeddings: 'float' }));
    expect(qlora.bytes).toBeLessThanOrEqual(0.2 * lora.bytes);
    expect(floats.bytes).toBeGreaterThan(0.3 * lora.bytes);

    const { config } = lora.network;
    const said = (network: LoadedNetwork | QuantisedNetwork) =>
      tf.tidy(() => {
        const weights = quantisedWeights(tf, network as QuantisedNetwork);
        const states = textStates(tf, config as TextConfig, weights, tokens).at(-1)!;
        return [...nextTokenLogits(config as DecoderConfig, weights, states).dataSync()];
      });
    const [exact, coarse] = [said(floats.network), said(qlora.network)];
    const size = (of: readonly number[]) => Math.sqrt(of.reduce((sum, x) => sum + x * x, 0));
    expect(size(coarse.map((x, i) => x - exact[i]!))).toBeLessThan(0.03 * size(exact));
    for (const { network } of [lora, qlora, floats]) disposeNetwork(tf, network);
  },
);
