import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { ImageFeature } from '../../../../domain/input.ts';
import { imageTexts } from '../../../../infra/images/image-texts.ts';

const grey: ImageFeature = { kind: 'image', width: 4, height: 3, channels: 1 };
const colours: ImageFeature = { ...grey, channels: 3 };
const bytesOf = (feature: ImageFeature) =>
  Uint8Array.from({ length: feature.width * feature.height * feature.channels }, (_, i) => (i * 37) % 256);

test.each([grey, colours])('what is written reads as the same bytes', async (feature) => {
  const bytes = bytesOf(feature);
  const text = await imageTexts.write(bytes, feature);
  expect(text).toMatch(/^data:image\/png;base64,/);
  expect(await imageTexts.read(text, feature)).toEqual({ bytes });
  expect(await imageTexts.read(text.split(',')[1]!, feature)).toEqual({ bytes });
});

test('pixels are read as the feature says what black and white are, and fitted', async () => {
  const feature = { ...grey, width: 2, height: 1, range: [0, 16] as [number, number] };
  expect(await imageTexts.read('[[0, 16]]', feature)).toEqual({ bytes: Uint8Array.of(0, 255) });
  expect(await imageTexts.read('[[[255, 0, 0], [0, 0, 0]]]', { ...colours, width: 2, height: 1 })).toEqual({
    bytes: Uint8Array.of(255, 0, 0, 0, 0, 0),
  });
  const tall = await imageTexts.read('[[8, 8], [8, 8], [8, 8]]', feature);
  expect(tall).toEqual({ bytes: Uint8Array.of(128, 128) });
});

test('what is no image says why, and nothing that it names is opened', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').toString(
    'base64',
  );
  const broken = (await sharp(bytesOf(grey), { raw: grey }).png().toBuffer()).subarray(0, 60);
  for (const [text, problem] of [
    ['/etc/hostname.png', /no base64/],
    ['https://example.org/a.png', /nothing is fetched/],
    ['data:image/png,abc', /holds no base64/],
    ['aGVsbG8=', /cannot be decoded/],
    [svg, /svg, not PNG, JPEG or WebP/],
    [broken.toString('base64'), /cannot be decoded/],
    ['[[1, 2], [3]]', /the list is no image/],
    ['[1', /the list is no image/],
    ['', /no base64/],
  ] as const)
    expect(await imageTexts.read(text, grey)).toEqual({ problem: expect.stringMatching(problem) as string });
});
