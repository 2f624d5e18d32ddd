import { expect, test } from 'vitest';
import { askable, requestsOf } from '../../../activities/ask-server.ts';
import type { Feature } from '../../../domain/input.ts';
import { imageTexts } from '../../../infra/images/image-texts.ts';

const sizes = (rows: Parameters<typeof requestsOf>[0]) => requestsOf(rows).map(({ length }) => length);

test('a request has a few rows, of large ones fewer, and one that is too large for any is alone', () => {
  expect(sizes(Array.from({ length: 23 }, (_, x) => ({ x })))).toEqual([10, 10, 3]);
  const large = { photo: 'x'.repeat(300_000) };
  expect(sizes([large, large, large, large])).toEqual([3, 1]);
  const tooLarge = { photo: 'x'.repeat(2_000_000) };
  expect(sizes([{ x: 1 }, tooLarge, { x: 2 }, { x: 3 }])).toEqual([1, 1, 2]);
  expect(sizes([])).toEqual([]);
});

const input: Record<string, Feature> = { x: { kind: 'number' }, group: { kind: 'category', values: ['g'] } };

test('a row is asked by what the model declares; what no client could send is not asked', async () => {
  expect(await askable(imageTexts, input, { x: 1, group: 'g', gone: 7 })).toEqual({ x: 1, group: 'g' });
  expect(await askable(imageTexts, input, { x: 1 })).toEqual({ x: 1, group: null });
  expect(await askable(imageTexts, input, { x: 'a word', group: 'g' })).toBeNull();
});

test('an image that nobody can see is not asked', async () => {
  const photos: Record<string, Feature> = { photo: { kind: 'image', width: 2, height: 1, channels: 1 } };
  const seen = { photo: '[[0,255]]' };
  expect(await askable(imageTexts, photos, seen)).toEqual(seen);
  for (const photo of ['image', 'https://example.com/a.png', '[[0]', null])
    expect(await askable(imageTexts, photos, { photo })).toBeNull();
});
