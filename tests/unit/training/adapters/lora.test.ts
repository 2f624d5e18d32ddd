import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import { disposeLora, readLora, writeLora } from '../../../../training/adapters/adapter-folder.ts';
import { loraTargets } from '../../../../training/adapters/lora-settings.ts';
import {
  loraParameters,
  mergeLora,
  startLora,
  trainLora,
  withLora,
} from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import type { TextConfig } from '../../../../training/models/config.ts';
import { classLogits } from '../../../../training/models/heads.ts';
import { loadNetwork } from '../../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../../training/models/model-folder.ts';
import { textStates } from '../../../../training/models/network.ts';
import { lossAndGradients } from '../../../../training/models/parameters.ts';
import { seededChance } from '../../../../training/models/seeded-chance.ts';
import { plainWeights } from '../../../../training/models/weights.ts';
import type { Weights } from '../../../../training/models/weights.ts';
import { readSafetensors, writeSafetensors } from '../../../../training/safetensors.ts';
import { caught } from '../../../support/caught.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { classes, writeTinyBase } from '../../../support/tiny-bases.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const settings = {
  rank: 2,
  alpha: 6,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: ['classifier', 'score'],
} as const;
const tokens = {
  batch: 2,
  length: 3,
  ids: Int32Array.of(1, 2, 3, 4, 5, 0),
  mask: Int32Array.of(1, 1, 1, 1, 1, 0),
  types: new Int32Array(6),
};

async function tiny(kind: 'bert' | 'gpt2' | 'llama'): Promise<LoadedNetwork & { weights: Weights }> {
  const folder = tempFolder();
  await writeTinyBase(folder, kind);
  const network = await loadNetwork(tf, folder, classes(3), { seed: 1 });
  return { ...network, weights: plainWeights(tf, network.parts, network.parameters) };
}
const dispose = ({ parameters }: LoadedNetwork) => tf.dispose([...parameters.values()]);
const scores = ({ config }: LoadedNetwork, weights: Weights) => {
  const text = config as TextConfig;
  const last = textStates(tf, text, weights, tokens).at(-1)!;
  return classLogits(tf, text, weights, last, tokens);
};
const read = (network: LoadedNetwork, weights: Weights) =>
  tf.tidy(() => [...scores(network, weights).dataSync()]);

describe.each(['bert', 'gpt2', 'llama'] as const)('beside a %s', (kind) => {
  test('a new adapter changes nothing, learns, and merged says what it says beside', async () => {
    const network = await tiny(kind);
    const plain = read(network, network.weights);
    const adapter = startLora(tf, network.parts, settings, 9);
    const adapted = withLora(tf, network.weights, adapter);
    expect(read(network, adapted)).toEqual(plain);

    trainLora(adapter, network.parameters);
    const trained = loraParameters(adapter, network.parameters);
    const loss = () => tf.sum(tf.square(scores(network, adapted)));
    const { loss: value, gradients } = lossAndGradients(tf, trained, loss);
    for (const [name, variable] of trained)
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradients.get(name)!, 0.05))));
    tf.dispose([value, ...gradients.values()]);
    const beside = read(network, adapted);
    expect(Math.max(...beside.map((score, i) => Math.abs(score - plain[i]!)))).toBeGreaterThan(1e-3);

    mergeLora(tf, network.parts, network.parameters, adapter);
    for (const [i, score] of read(network, network.weights).entries())
      expect(score).toBeCloseTo(beside[i]!, 4);
    disposeLora(tf, adapter);
    dispose(network);
  });

  test('comes back from its folder', async () => {
    const network = await tiny(kind);
    const adapter = startLora(tf, network.parts, { ...settings, alpha: 5, rankStabilised: true }, 9);
    for (const { b } of adapter.modules.values())
      tf.tidy(() => b.assign(tf.randomNormal(b.shape, 0, 1, 'float32', 2)));
    const folder = tempFolder();
    await writeLora(folder, adapter, network, { base: 'base', task: 'SEQ_CLS' });
    const config = JSON.parse(await readFile(path.join(folder, 'adapter_config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ fan_in_fan_out: kind === 'gpt2', target_modules: 'all-linear' });
    const again = await readLora(tf, folder, network);
    expect(read(network, withLora(tf, network.weights, again))).toEqual(
      read(network, withLora(tf, network.weights, adapter)),
    );
    disposeLora(tf, adapter);
    disposeLora(tf, again);
    dispose(network);
  });
});

test('the same seed begins the same adapter, another seed another', async () => {
  const network = await tiny('bert');
  const first = ([seed]: [number]) => {
    const adapter = startLora(tf, network.parts, settings, seed);
    const values = [...[...adapter.modules.values()][0]!.a.dataSync()];
    disposeLora(tf, adapter);
    return values;
  };
  expect(first([1])).toEqual(first([1]));
  expect(first([1])).not.toEqual(first([2]));
  expect(Math.max(...first([1]).map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(6));
  dispose(network);
});

test('dropout acts on the adapter while it learns, and on nothing else', async () => {
  const network = await tiny('bert');
  const adapter = startLora(tf, network.parts, { ...settings, dropout: 0.5 }, 9);
  const learning = (step: number) => withLora(tf, network.weights, adapter, seededChance(tf, 1, step));
  expect(read(network, learning(1))).toEqual(read(network, network.weights));
  for (const { b } of adapter.modules.values()) tf.tidy(() => b.assign(tf.ones(b.shape)));
  expect(read(network, learning(1))).not.toEqual(read(network, learning(2)));
  expect(read(network, withLora(tf, network.weights, adapter))).toEqual(
    read(network, withLora(tf, network.weights, adapter)),
  );
  disposeLora(tf, adapter);
  dispose(network);
});

test('targets are the last parts of names, with ranks and scales of their own', async () => {
  const network = await tiny('gpt2');
  const chosen = loraTargets(network.parts, {
    ...settings,
    targets: ['attn.c_proj', 'c_fc'],
    rankOf: { c_fc: 1 },
    alphaOf: { 'h.1.mlp.c_fc': 4 },
  });
  expect(chosen.map(({ part, rank, scale }) => [part.module, rank, scale])).toEqual([
    ['transformer.h.0.attn.c_proj', 2, 3],
    ['transformer.h.0.mlp.c_fc', 1, 6],
    ['transformer.h.1.attn.c_proj', 2, 3],
    ['transformer.h.1.mlp.c_fc', 1, 4],
  ]);
  const error = caught(() => loraTargets(network.parts, { ...settings, targets: ['q_proj'] }));
  expect(error).toMatchObject({ code: 'DL_ADAPTER_UNFIT' });
  expect(error.message).toMatch(/"q_proj".*c_attn, c_proj, c_fc/);
  dispose(network);
});

test.each([
  [
    'a matrix without its other half',
    (all: ReturnType<typeof readSafetensors>) => all.slice(1),
    /lacks lora_A/,
  ],
  [
    'a matrix of another rank',
    (all: ReturnType<typeof readSafetensors>) =>
      all.map((one, i) => (i > 0 ? one : { ...one, shape: [1, one.values.length] })),
    /not \[2, /,
  ],
  [
    'a tensor of a module that is not kept whole',
    (all: ReturnType<typeof readSafetensors>) => [
      ...all,
      { name: 'base_model.model.bert.pooler.dense.bias', shape: [6], values: new Float32Array(6) },
    ],
    /pooler.dense.bias" is of no module/,
  ],
])('%s is refused', async (_, change, why) => {
  const network = await tiny('bert');
  const adapter = startLora(tf, network.parts, settings, 1);
  const folder = tempFolder();
  await writeLora(folder, adapter, network, { base: 'base', task: null });
  disposeLora(tf, adapter);
  const file = path.join(folder, 'adapter_model.safetensors');
  await writeFile(file, writeSafetensors(change(readSafetensors(await readFile(file)))));
  await expect(readLora(tf, folder, network)).rejects.toMatchObject({
    code: 'DL_ADAPTER_UNFIT',
    message: expect.stringMatching(why) as string,
  });
  dispose(network);
});
