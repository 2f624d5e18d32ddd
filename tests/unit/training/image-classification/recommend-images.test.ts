import path from 'node:path';
import { expect, test } from 'vitest';
import {
  recommendAugmentation,
  recommendImages,
} from '../../../../training/image-classification/recommend-images.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { writeTinyBase } from '../../../support/tiny-bases.ts';

const photo = { width: 32, height: 32, channels: 3 };
const labels = ['cat', 'dog'];

test('photographs are mirrored unless a label would be another one in a mirror, and it says why', () => {
  expect(recommendAugmentation(photo, labels)).toMatchObject({ augmentation: { flip: true, shift: 0.1 } });
  for (const sided of ['7', 'b', 'turn left', 'RIGHT', 'digit five']) {
    const { augmentation, because } = recommendAugmentation(photo, ['cat', sided]);
    expect(augmentation.flip).toBe(false);
    expect(because).toContain(`"${sided}" would be something else in a mirror`);
  }
  expect(recommendAugmentation({ ...photo, channels: 1 }, labels).augmentation.flip).toBe(false);
});

test('a network without matrices is never recommended an adapter', async () => {
  const folder = path.join(tempFolder(), 'base');
  await writeTinyBase(folder, 'convnet', { widths: [64, 256] });
  const asked = { labels, size: photo, base: folder };
  const few = await recommendImages({ ...asked, rows: 30 }, {});
  expect(few.settings.method).toEqual({ kind: 'head' });
  expect(few.said.find(({ name }) => name === 'method')!.because).toContain(
    'no adapter goes beside convolutions',
  );
  expect((await recommendImages({ ...asked, rows: 5_000 }, {})).settings.method.kind).toBe('lpft');
});

test('what is wished is taken, and what is left out of it stays as it is', async () => {
  const asked = { rows: 500, labels, size: photo, base: null };
  const { settings, said } = await recommendImages(asked, {
    augmentation: { flip: true, turn: 90 },
    epochs: 2,
  });
  expect(settings).toMatchObject({
    epochs: 2,
    method: { kind: 'full' },
    augmentation: { shift: 0, turn: 90, zoom: 0, flip: true, erase: 0, noise: 0 },
  });
  expect(said.at(-1)).toEqual({
    name: 'augmentation',
    value: 'turned by up to 90°, mirrored half of the time',
    because: 'it was asked for',
  });
  const none = await recommendImages(asked, { augmentation: 'none' });
  expect(none.said.at(-1)).toMatchObject({ value: 'none' });
});
