import sharp from 'sharp';
import type { Sharp } from 'sharp';

/** Bytes of an image, row by row, the channels of a pixel together. */
export type Pixels = { width: number; height: number; channels: number; bytes: Uint8Array<ArrayBuffer> };

/** What of an image is wanted: stretched to this size, grey or in colours. */
export type WantedImage = { width: number; height: number; channels: 1 | 3 };

/** The bytes are no image, or a damaged one; the message is a clause that says so. */
export class NotAnImage extends Error {}

/** What cameras and programs write. Others may lead elsewhere (SVG), or be more than one image (PDF, GIF). */
const FORMATS = ['png', 'jpeg', 'webp'];

/** Larger ones are refused before they are decoded: a small file may hold a picture that fills the memory. */
const PIXELS_AT_MOST = 100_000_000;

const open = (encoded: Uint8Array) =>
  // A truncated image is refused: half of it would be grey, and learnt as such.
  sharp(encoded, { failOn: 'truncated', limitInputPixels: PIXELS_AT_MOST });

/** What an encoded image is, without decoding it: upright, as it is meant to be seen. Throws `NotAnImage`. */
export const imageSizeOf = (encoded: Uint8Array): Promise<{ width: number; height: number; grey: boolean }> =>
  sayingWhy(async () => {
    const { format, autoOrient, space } = await open(encoded).metadata();
    if (!FORMATS.includes(format)) throw new NotAnImage(`it is ${format}, not PNG, JPEG or WebP`);
    return { ...autoOrient, grey: space.startsWith('b-w') || space.startsWith('grey') };
  });

/**
 * Decodes a PNG, JPEG or WebP: turned upright, its colours as on a screen, in 8 bits, on white where it is transparent,
 * stretched with a triangle filter as wide as its reduction (as Pillow's `BILINEAR`, which transformers takes for ViT,
 * but for the outermost pixels, beyond which it sees the edge once more).
 *
 * @throws {NotAnImage}
 */
export async function decodeImage(encoded: Uint8Array, wanted: WantedImage): Promise<Pixels> {
  await imageSizeOf(encoded);
  return await sayingWhy(() => fit(open(encoded).autoOrient().flatten({ background: 'white' }), wanted));
}

/** The same for pixels that are there already. */
export async function fitPixels(pixels: Pixels, wanted: WantedImage): Promise<Pixels> {
  const { width, height, channels, bytes } = pixels;
  if (width === wanted.width && height === wanted.height && channels === wanted.channels) return pixels;
  return await fit(sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } }), wanted);
}

/** A PNG of pixels, which decodes to the same ones. */
export const encodeImage = (
  bytes: Uint8Array,
  { width, height, channels }: WantedImage,
): Promise<Buffer<ArrayBuffer>> =>
  sharp(bytes, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();

async function fit(image: Sharp, { width, height, channels }: WantedImage): Promise<Pixels> {
  const { data, info } = await image
    .resize(width, height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`${info.channels} channels, not ${channels}`);
  return { width, height, channels, bytes: Uint8Array.from(data) };
}

async function sayingWhy<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NotAnImage || !(error instanceof Error)) throw error;
    const [first = ''] = error.message.split('\n');
    throw new NotAnImage(`it cannot be decoded (${first.trim().replace(/[.:]$/, '')})`, { cause: error });
  }
}
