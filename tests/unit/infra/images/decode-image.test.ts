import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage, fitPixels, imageSizeOf, NotAnImage } from '../../../../infra/images/decode-image.ts';

/** An image of two by two pixels. */
const raw = (bytes: number[], channels: 1 | 2 | 3 | 4) =>
  sharp(Uint8Array.from(bytes), { raw: { width: 2, height: 2, channels } });
const grey = { width: 2, height: 2, channels: 1 } as const;
const colours = { ...grey, channels: 3 } as const;
const decoded = async (encoded: Uint8Array, wanted: typeof grey | typeof colours) => [
  ...(await decodeImage(encoded, wanted)).bytes,
];

test('grey, colours, palettes, 16 bits and transparency become the bytes that were asked for', async () => {
  const greys = await raw([0, 100, 200, 255], 1).toColourspace('b-w').png().toBuffer();
  expect(await imageSizeOf(greys)).toEqual({ width: 2, height: 2, grey: true });
  expect(await decoded(greys, grey)).toEqual([0, 100, 200, 255]);
  expect(await decoded(greys, colours)).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255]);

  const rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
  const full = await raw(rgb, 3).png().toBuffer();
  expect(await imageSizeOf(full)).toMatchObject({ grey: false });
  expect(await decoded(full, colours)).toEqual(rgb);
  expect(await decoded(await raw(rgb, 3).png({ palette: true }).toBuffer(), colours)).toEqual(rgb);
  // A grey that is as bright as the colour.
  const [red, green, blue, dark] = await decoded(full, grey);
  expect(green).toBeGreaterThan(red!);
  expect(red).toBeGreaterThan(blue!);
  expect(dark).toBe(9);

  const half = await raw([255, 0, 0, 128, 0, 0, 0, 0, 0, 0, 255, 255, 9, 9, 9, 255], 4).png().toBuffer();
  expect(await decoded(half, colours)).toEqual([255, 127, 127, 255, 255, 255, 0, 0, 255, 9, 9, 9]);

  const deep = await sharp(Uint16Array.of(0, 0x80_00, 0xff_ff, 0x12_00), {
    raw: { width: 2, height: 2, channels: 1 },
  })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  expect(await decoded(deep, grey)).toEqual([0, 0x80, 0xff, 0x12]);
});

test('a photograph lies as its camera says, and is nearly what it was', async () => {
  const wide = { width: 16, height: 8 };
  const bytes = Uint8Array.from({ length: 16 * 8 * 3 }, (_, i) => ((i / 3) % 16 < 8 ? 30 : 220));
  const encoded = await sharp(bytes, { raw: { ...wide, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer();
  expect(await imageSizeOf(encoded)).toMatchObject({ width: 8, height: 16 });
  const { bytes: seen } = await decodeImage(encoded, { width: 8, height: 16, channels: 1 });
  expect(Math.abs(seen[0]! - 30)).toBeLessThan(6);
  expect(Math.abs(seen.at(-1)! - 220)).toBeLessThan(6);
});

test('a smaller size sees all that it stands for, a larger one lies between', async () => {
  const ramp = { width: 8, height: 1, channels: 1, bytes: Uint8Array.of(0, 10, 40, 90, 100, 130, 160, 240) };
  const { bytes: small } = await fitPixels(ramp, { width: 4, height: 1, channels: 1 });
  // Weights of 1, 3, 3 and 1 eighths around each centre, as Pillow's BILINEAR has them.
  const triangle = (from: number) =>
    [1, 3, 3, 1].reduce((sum, w, i) => sum + (w / 8) * ramp.bytes[from + i]!, 0);
  for (const [i, from] of [1, 3].entries())
    expect(Math.abs(small[i + 1]! - triangle(from))).toBeLessThanOrEqual(1);
  const { bytes: large } = await fitPixels(ramp, { width: 16, height: 1, channels: 1 });
  expect([...large]).toEqual([...large].toSorted((a, b) => a - b));
  expect(await fitPixels(ramp, { width: 8, height: 1, channels: 1 })).toBe(ramp);
});

test.each([
  ['a truncated PNG', async (png: Buffer) => png.subarray(0, png.length - 20), /cannot be decoded/],
  ['the beginning of a PNG', async (png: Buffer) => png.subarray(0, 20), /cannot be decoded/],
  [
    'a truncated JPEG',
    async (png: Buffer) => (await sharp(png).jpeg().toBuffer()).subarray(0, 1_500),
    /cannot be decoded/,
  ],
  ['something else', async () => Buffer.from('hello'), /cannot be decoded \(.*unsupported image format\)/],
  ['nothing', async () => Buffer.alloc(0), /cannot be decoded/],
  [
    'an SVG',
    async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
    /it is svg/,
  ],
])('%s is refused, with the reason', async (_, of, why) => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (__, i) => (i * 7_919) % 251);
  const png = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const reading = decodeImage(await of(png), colours);
  await expect(reading).rejects.toThrow(NotAnImage);
  await expect(reading).rejects.toThrow(why);
});
