import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { describeImages } from '../../../../../cli/offline/image/describe.ts';
import {
  imageFeature,
  readImageInstances,
  readImages,
} from '../../../../../cli/offline/image/read-images.ts';
import { defineModel } from '../../../../../domain/config.ts';
import { image } from '../../../../../domain/input.ts';
import { classification } from '../../../../../domain/task.ts';
import { caughtAsync } from '../../../../support/caught.ts';
import { tempFolder } from '../../../../support/temp-folder.ts';
import { writeTinyBase } from '../../../../support/tiny-bases.ts';

const scratch = async (): Promise<string | null> => null;
/** What `finetune` does with a file before anything is trained. */
async function prepared(
  train: string,
  options: { imageSize?: string; ignore?: string[] } = {},
  base = scratch,
) {
  const described = await describeImages({ train, ...options }, null, base);
  const rows = await readImages(train, described);
  const { name, feature } = imageFeature(described.model);
  return { described, name, feature, bytes: rows.map(({ input }) => [...input]), rows };
}
function written(name: string, text: string): string {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, text);
  return file;
}
const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
/** A grey image of the bytes 0, 1, 2 … times a factor. */
const png = (width: number, height: number, factor: number) =>
  sharp(
    Uint8Array.from({ length: width * height }, (_, i) => i * factor),
    { raw: { width, height, channels: 1 } },
  )
    .toColourspace('b-w')
    .png()
    .toBuffer();

test('files beside the data, and images within it, are what they show', async () => {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'pictures'));
  writeFileSync(path.join(folder, 'pictures/a.png'), await png(3, 2, 10));
  const inline = `data:image/png;base64,${(await png(3, 2, 20)).toString('base64')}`;
  const train = path.join(folder, 'train.jsonl');
  const rows = [
    { image: 'pictures/a.png', label: 'cat' },
    { image: inline, label: 'dog' },
  ];
  writeFileSync(train, lines(rows));
  const { described, name, feature, bytes, ...read } = await prepared(train);
  expect({ name, feature }).toEqual({
    name: 'image',
    feature: { kind: 'image', width: 3, height: 2, channels: 1 },
  });
  expect(described.model.task).toEqual({ kind: 'classification', labels: ['cat', 'dog'] });
  expect(described.notes).toEqual([
    'Images are those of column "image": 3 × 2 pixels in grey. The network sees 3 × 2 pixels in grey.',
  ]);
  expect(bytes).toEqual([
    [0, 10, 20, 30, 40, 50],
    [0, 20, 40, 60, 80, 100],
  ]);
  expect(read.rows.map(({ label, line }) => ({ label, line }))).toEqual([
    { label: 'cat', line: 1 },
    { label: 'dog', line: 2 },
  ]);

  const csv = path.join(folder, 'new.csv');
  writeFileSync(csv, `id,image\n1,pictures/a.png\n2,${path.join(folder, 'pictures/a.png')}\n`);
  const seen = [];
  for await (const one of readImageInstances(csv, described.model)) seen.push([...one]);
  expect(seen).toEqual([bytes[0], bytes[0]]);
});

test('lists of numbers are images, white where the whole file has its greatest', async () => {
  const rows = [
    {
      image: [
        [0, 4, 8],
        [12, 16, 0],
      ],
      label: 'a',
    },
    {
      image: [
        [16, 16, 16],
        [0, 0, 0],
      ],
      label: 'b',
    },
  ];
  const { feature, bytes } = await prepared(written('t.jsonl', lines(rows)));
  expect(feature).toEqual({ kind: 'image', width: 3, height: 2, channels: 1, range: [0, 16] });
  expect(bytes).toEqual([
    [0, 64, 128, 191, 255, 0],
    [255, 255, 255, 0, 0, 0],
  ]);
  const colours = lines([
    { image: [[[0, 0.5, 1]]], label: 'a' },
    { image: [[[1, 0, 0]]], label: 'b' },
  ]);
  expect(await prepared(written('c.jsonl', colours))).toMatchObject({
    feature: { channels: 3, range: [0, 1] },
    bytes: [
      [0, 128, 255],
      [255, 0, 0],
    ],
  });
});

test('columns of pixels are a square, or what the size says; the label is none of them', async () => {
  const header = Array.from({ length: 6 }, (_, i) => `p ${i}`).join(',');
  const train = written('t.csv', `${header},id,label\n0,1,2,3,4,250,7,a\n1,1,1,1,1,1,8,b\n`);
  const { described, name, feature, bytes } = await prepared(train, { imageSize: '3x2', ignore: ['id'] });
  expect(name).toBe('pixels');
  expect(feature).toMatchObject({ width: 3, height: 2, channels: 1, range: [0, 255] });
  expect(bytes).toEqual([
    [0, 1, 2, 3, 4, 250],
    [1, 1, 1, 1, 1, 1],
  ]);
  expect(described.notes[0]).toContain(
    'The 6 columns p_0 to p_5 are the pixels of an image: 3 × 2 pixels in grey',
  );
  const square = written('s.csv', 'a,b,c,d,label\n0,1,0,1,x\n1,1,0,0,y\n');
  expect((await prepared(square)).feature).toMatchObject({ width: 2, height: 2, channels: 1, range: [0, 1] });
  // Whoever answers later finds the same columns, whatever else is in the file.
  const other = written('o.csv', 'd,label,c,b,a,new\n9,x,8,7,6,5\n');
  const { described: asTrained } = await prepared(square);
  for await (const one of readImageInstances(other, asTrained.model))
    expect([...one]).toEqual([255, 255, 255, 255]);
});

test('a network from scratch sees images of their own size up to 64 pixels; one of a base as that does', async () => {
  const large = `data:image/png;base64,${(await png(200, 100, 0.01)).toString('base64')}`;
  const train = written(
    't.jsonl',
    lines([
      { image: large, label: 'a' },
      { image: large, label: 'b' },
    ]),
  );
  expect((await prepared(train)).feature).toMatchObject({ width: 64, height: 32, channels: 1 });
  expect((await prepared(train, { imageSize: '20x10x3' })).feature).toMatchObject({
    width: 20,
    height: 10,
    channels: 3,
  });
  const base = path.join(tempFolder(), 'vit');
  await writeTinyBase(base, 'vit', { num_channels: 3 });
  const { feature, bytes } = await prepared(train, {}, async () => base);
  expect(feature).toMatchObject({ width: 6, height: 6, channels: 3 });
  expect(bytes[0]).toHaveLength(6 * 6 * 3);
});

test('a config says how its images are, and what black and white are', async () => {
  const train = written(
    't.jsonl',
    lines([
      { shot: [[10, 20]], label: 'a' },
      { shot: [[5, 20]], label: 'b' },
    ]),
  );
  const model = defineModel({
    name: 'shots',
    task: classification({ labels: ['b', 'a'] }),
    input: { shot: image({ width: 2, height: 1, channels: 1, range: [10, 20] }) },
  });
  const declared = {
    file: 'c.config.ts',
    model,
    fineTune: undefined,
    base: null,
    trainer: { kind: 'driftloop' } as const,
  };
  const described = await describeImages({ train }, declared, scratch);
  expect(described.model).toEqual({ name: 'shots', task: model.task, input: model.input });
  expect((await readImages(train, described)).map(({ input }) => [...input])).toEqual([
    [0, 255],
    [0, 255],
  ]);
});

const small = `data:image/png;base64,${(await png(2, 2, 60)).toString('base64')}`;
const damaged = `data:image/png;base64,${(await png(2, 2, 60)).subarray(0, 50).toString('base64')}`;
test.each([
  ['a file that is not there', 'missing.png', 'line 2: the image ', 'missing.png cannot be read (ENOENT)'],
  ['a damaged image', damaged, 'line 2: the image cannot be used: ', 'it cannot be decoded'],
  ['an address', 'https://example.com/cat.png', 'line 2: "https://example.com/cat.png" is an address', ''],
  ['a data: address without base64', 'data:image/png,abc', 'line 2: its data: address holds no base64', ''],
  ['rows of different lengths', [[1, 2], [3]], 'line 2: the list is no image', ''],
  ['words for pixels', [['a', 'b']], 'line 2: the list is no image', ''],
  ['nothing', '', 'line 2: there is no image', ''],
])('%s is refused with its line', async (_, value, ...says) => {
  const train = written(
    't.jsonl',
    lines([
      { image: small, label: 'a' },
      { image: value, label: 'b' },
    ]),
  );
  const error = await caughtAsync(() => prepared(train));
  expect(error).toMatchObject({ code: 'DL_IMAGE_UNREADABLE' });
  for (const part of says) expect(error.message).toContain(part);
  expect(error.message).toContain(train);
});

test.each([
  ['DL_OPTION_MISSING', 'Nothing says how the 5 columns', {}, 'a,b,c,d,e,label\n1,2,3,4,5,x\n'],
  [
    'DL_OPTION_INVALID',
    '4 columns of pixels; an image of 3 × 3 needs 9',
    { imageSize: '3x3' },
    'a,b,c,d,label\n1,2,3,4,x\n',
  ],
  ['DL_OPTION_INVALID', '--image-size 3by3 is no size', { imageSize: '3by3' }, 'a,b,c,d,label\n1,2,3,4,x\n'],
  ['DL_NO_FEATURES', 'no column beside the label', {}, 'label\nx\ny\n'],
  ['DL_DATA_EMPTY', 'names no image', {}, 'image,label\n,x\n,y\n'],
])('%s: %s', async (code, says, options, text) => {
  const error = await caughtAsync(() => prepared(written('t.csv', text), options));
  expect(error).toMatchObject({ code });
  expect(error.message).toContain(says);
});
