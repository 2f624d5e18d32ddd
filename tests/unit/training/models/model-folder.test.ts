import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../../training/backend.ts';
import { loadNetwork, readBaseConfig, writeModelFolder } from '../../../../training/models/model-folder.ts';
import { lossAndGradients, readParameters, trainOnly } from '../../../../training/models/parameters.ts';
import { readSafetensors, writeSafetensors } from '../../../../training/safetensors.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { classes, tinyConfigs, writeTinyBase } from '../../../support/tiny-bases.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const load = (folder: string, classCount = 2) => loadNetwork(tf, folder, classes(classCount), { seed: 7 });
const dispose = (...networks: Awaited<ReturnType<typeof load>>[]) =>
  tf.dispose(networks.flatMap(({ parameters }) => [...parameters.values()]));

/** Changes the tensors of a folder's checkpoint. */
async function edit(folder: string, change: (tensors: ReturnType<typeof readSafetensors>) => typeof tensors) {
  const file = path.join(folder, 'model.safetensors');
  await writeFile(file, writeSafetensors(change(readSafetensors(await readFile(file)))));
}

describe.each(Object.keys(tinyConfigs) as (keyof typeof tinyConfigs)[])('a %s', (kind) => {
  test('is the same after it was written and read', async () => {
    const [from, to] = [tempFolder(), tempFolder()];
    await writeTinyBase(from, kind);
    await writeFile(path.join(from, 'tokenizer.json'), '{}');
    const first = await load(from);
    await writeModelFolder(to, first, { architectures: ['Changed'] }, from);
    const second = await load(to);
    expect(second.fresh).toEqual([]);
    const byName = async ({ parameters }: typeof first) =>
      Object.fromEntries((await readParameters(parameters)).map((one) => [one.name, one]));
    expect(await byName(second)).toEqual(await byName(first));
    expect(second.json).toEqual({ ...first.json, architectures: ['Changed'] });
    expect(await readFile(path.join(to, 'tokenizer.json'), 'utf8')).toBe('{}');
    dispose(first, second);
  });

  test('begins a head anew that it has not got or that has other classes, the same for the same seed', async () => {
    const folder = tempFolder();
    await writeTinyBase(folder, kind);
    const [first, again] = [await load(folder, 5), await load(folder, 5)];
    expect(first.fresh.length).toBeGreaterThan(0);
    for (const name of first.fresh) {
      const values = [...(await first.parameters.get(name)!.data())];
      expect([...(await again.parameters.get(name)!.data())]).toEqual(values);
      if (name.endsWith('.weight')) expect(values.some((value) => value !== 0)).toBe(true);
    }
    dispose(first, again);
  });

  test.each([
    ['lacks a weight', (all: ReturnType<typeof readSafetensors>) => all.slice(1), /lack "/],
    [
      'has a tensor of no part',
      (all: ReturnType<typeof readSafetensors>) => [
        ...all,
        { name: 'strange', shape: [1], values: new Float32Array(1) },
      ],
      /"strange" belongs to no part/,
    ],
    [
      'has a tensor of another shape',
      (all: ReturnType<typeof readSafetensors>) =>
        all.map((one, i) => (i === 0 ? { ...one, shape: [one.values.length, 1, 1, 1, 1] } : one)),
      /not \[/,
    ],
  ])('is refused where it %s, and nothing is left in memory', async (_, change, why) => {
    const folder = tempFolder();
    await writeTinyBase(folder, kind);
    await edit(folder, change);
    const before = tf.memory().numTensors;
    await expect(load(folder)).rejects.toMatchObject({
      code: 'DL_BASE_INVALID',
      message: expect.stringMatching(why) as string,
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('what is not there is said with its path', async () => {
  const folder = tempFolder();
  await expect(readBaseConfig(folder)).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    message: expect.stringContaining(path.join(folder, 'config.json')) as string,
  });
  await writeTinyBase(folder, 'bert');
  await rm(path.join(folder, 'model.safetensors'));
  await expect(load(folder)).rejects.toMatchObject({ code: 'DL_BASE_MISSING' });
  await writeFile(path.join(folder, 'config.json'), '{');
  await expect(load(folder)).rejects.toMatchObject({ code: 'DL_BASE_INVALID' });
});

test('shards are read as one checkpoint, and have to keep what their index promises', async () => {
  const folder = tempFolder();
  await writeTinyBase(folder, 'llama');
  const whole = readSafetensors(await readFile(path.join(folder, 'model.safetensors')));
  await rm(path.join(folder, 'model.safetensors'));
  const cut = Math.floor(whole.length / 2);
  const shards = { 'a.safetensors': whole.slice(0, cut), 'b.safetensors': whole.slice(cut) };
  const map = Object.entries(shards).flatMap(([file, tensors]) => tensors.map(({ name }) => [name, file]));
  for (const [file, tensors] of Object.entries(shards))
    await writeFile(path.join(folder, file), writeSafetensors(tensors));
  const index = (entries: unknown) =>
    writeFile(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: entries }));
  await index(Object.fromEntries(map));
  dispose(await load(folder));
  await index({ ...Object.fromEntries(map), more: 'a.safetensors' });
  await expect(load(folder)).rejects.toMatchObject({
    message: expect.stringContaining('lacks "more"') as string,
  });
  await index(Object.fromEntries(map.slice(1)));
  await expect(load(folder)).rejects.toMatchObject({ code: 'DL_BASE_INVALID' });
  await index({ x: '../elsewhere.safetensors' });
  await expect(load(folder)).rejects.toMatchObject({ code: 'DL_BASE_INVALID' });
});

test('only what is trained has a gradient', async () => {
  const folder = tempFolder();
  await writeTinyBase(folder, 'bert');
  const network = await load(folder);
  trainOnly(network.parameters, (name) => name.startsWith('classifier.'));
  const weight = network.parameters.get('classifier.weight')!;
  const { loss, gradients } = lossAndGradients(tf, network.parameters, () => tf.sum(tf.square(weight)));
  expect([...gradients.keys()]).toEqual(['classifier.weight', 'classifier.bias']);
  tf.dispose([loss, ...gradients.values()]);
  dispose(network);
});
