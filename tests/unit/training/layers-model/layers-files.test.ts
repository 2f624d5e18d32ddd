import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { layersFiles, readLayersShape } from '../../../../training/layers-model/layers-files.ts';
import { caughtAsync } from '../../../support/caught.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** As Keras' converter writes it: names in snake case, weights in two shards. */
const converted = {
  format: 'layers-model',
  modelTopology: {
    model_config: {
      class_name: 'Sequential',
      config: { layers: [{ config: { batch_input_shape: [null, 4, 6, 3] } }] },
    },
  },
  weightsManifest: [
    {
      paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'],
      weights: [
        { name: 'a', shape: [2], dtype: 'float32' },
        { name: 'b', shape: [], dtype: 'float32' },
      ],
    },
  ],
};
function folderWith(model: object): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'model.json'), JSON.stringify(model));
  writeFileSync(path.join(folder, 'group1-shard1of2.bin'), Float32Array.of(1, 2).subarray(0, 1));
  writeFileSync(path.join(folder, 'group1-shard2of2.bin'), Float32Array.of(2, 3));
  return folder;
}

test('shards are one row of weights; its images and its size are known without loading it', async () => {
  const folder = folderWith(converted);
  const { weightData, weightSpecs } = await layersFiles(folder).load!();
  expect([...new Float32Array(weightData as ArrayBuffer)]).toEqual([1, 2, 3]);
  expect(weightSpecs).toHaveLength(2);
  expect(await readLayersShape(folder)).toEqual({ size: { height: 4, width: 6, channels: 3 }, weights: 3 });
});

const topology = converted.modelTopology;
test.each([
  ['no model', {}, 'DL_BASE_INVALID', /says no topology/],
  ['a graph', { ...converted, format: 'graph-model' }, 'DL_BASE_UNSUPPORTED', /a graph that can only answer/],
  [
    'a shard that is not there',
    { ...converted, weightsManifest: [{ paths: ['other.bin'], weights: [] }] },
    'DL_BASE_INVALID',
    /promises a file other\.bin/,
  ],
  [
    'a shard elsewhere',
    { modelTopology: topology, weightsManifest: [{ paths: ['../secret.bin'], weights: [] }] },
    'DL_BASE_INVALID',
    /which files have its weights/,
  ],
])('%s is refused', async (_, model, code, why) => {
  const error = await caughtAsync(async () => await layersFiles(folderWith(model)).load!());
  expect(error).toMatchObject({ code });
  expect(error.message).toMatch(why);
});

test('images of any size are refused', async () => {
  const any = { layers: [{ config: { batch_input_shape: [null, null, null, 3] } }] };
  const error = await caughtAsync(() => readLayersShape(folderWith({ ...converted, modelTopology: any })));
  expect(error).toMatchObject({ code: 'DL_BASE_UNSUPPORTED' });
});
