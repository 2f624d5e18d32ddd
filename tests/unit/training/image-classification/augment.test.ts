import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { augment, noAugmentation } from '../../../../training/image-classification/augment.ts';
import type { Augmentation } from '../../../../training/image-classification/augment.ts';
import { random } from '../../../../training/random.ts';

const size = { width: 5, height: 3, channels: 2 };
const image = Uint8Array.from({ length: 30 }, (_, i) => (i * 37) % 256);
const once = (settings: Partial<Augmentation>, seed = 1, of = image) =>
  augment(of, size, { ...noAugmentation, ...settings }, random(seed));

test('nothing changes where nothing is asked for, and an image is never changed in its place', () => {
  const before = image.slice();
  expect(once({})).toEqual(image);
  expect(once({})).not.toBe(image);
  once({ shift: 0.2, turn: 30, zoom: 0.3, flip: true, erase: 1, noise: 0.2 });
  expect(image).toEqual(before);
});

test('the same chance gives the same image, another one another', () => {
  const all = { shift: 0.2, turn: 30, zoom: 0.3, flip: true, erase: 0.5, noise: 0.1 };
  expect(once(all, 3)).toEqual(once(all, 3));
  expect(once(all, 3)).not.toEqual(once(all, 4));
});

test('an image of one colour is the same wherever it is moved, turned and mirrored to', () => {
  const flat = new Uint8Array(30).fill(90);
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(once({ shift: 0.5, turn: 180, zoom: 0.5, flip: true }, seed, flat)).toEqual(flat);
    }),
    { numRuns: 30 },
  );
});

test('mirrored, the left side is the right one; half of the images are', () => {
  const mirrored = Uint8Array.from({ length: 30 }, (_, i) => {
    const [row, column, c] = [Math.floor(i / 10), Math.floor((i % 10) / 2), i % 2];
    return image[row * 10 + (4 - column) * 2 + c]!;
  });
  const seen = Array.from({ length: 200 }, (_, seed) => once({ flip: true }, seed).join());
  const share = seen.filter((one) => one === mirrored.join()).length / seen.length;
  expect(seen.every((one) => one === mirrored.join() || one === image.join())).toBe(true);
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
});

test('a shift moves the whole image the same way, by no more than it may', () => {
  // A ramp: the middle is as much darker or brighter as the image was moved.
  const ramp = Uint8Array.from({ length: 30 }, (_, i) => 100 + 20 * Math.floor((i % 10) / 2));
  for (let seed = 0; seed < 50; seed += 1) {
    const moved = once({ shift: 0.2 }, seed, ramp);
    const by = [4, 5, 14, 24].map((i) => moved[i]! - ramp[i]!);
    for (const one of by) expect(one).toBe(by[0]);
    expect(Math.abs(by[0]!)).toBeLessThanOrEqual(20);
  }
});

test('noise has the deviation that was asked for, and a covered part is at most half of each side', () => {
  const grey = new Uint8Array(30).fill(128);
  const noisy = Array.from({ length: 300 }, (_, seed) => [...once({ noise: 0.1 }, seed, grey)]).flat();
  const deviation = Math.sqrt(noisy.reduce((sum, x) => sum + (x - 128) ** 2, 0) / noisy.length);
  expect(deviation).toBeGreaterThan(0.09 * 255);
  expect(deviation).toBeLessThan(0.11 * 255);
  const covered = (seed: number) => once({ erase: 1 }, seed, grey).filter((x) => x !== 128).length;
  // Half of five columns is rounded up, half of three rows too; two channels.
  for (let seed = 0; seed < 100; seed += 1) expect(covered(seed)).toBeLessThanOrEqual(3 * 2 * 2);
});
