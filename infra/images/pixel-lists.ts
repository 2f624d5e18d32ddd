import type { ImageFeature } from '../../domain/input.ts';
import { fitPixels, NotAnImage } from './decode-image.ts';
import type { Pixels } from './decode-image.ts';

/** Raw pixels as somebody has written them. */
export type RawImage = { width: number; height: number; channels: number; numbers: readonly number[] };

/** Black and white where nothing else is said. */
const BYTES = [0, 255] as const;

/** Whether a text is a list of pixels, and no encoded image. */
export const isPixelList = (text: string): boolean => text.startsWith('[');

/** `[row][column]` or `[row][column][channel]`, as JSON. Throws `NotAnImage`. */
export function readPixelList(json: string): RawImage {
  const rows = parsed(json);
  const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
  const [first] = isList(rows) ? rows : [];
  const width = isList(first) ? first.length : 0;
  const cell = isList(first) ? first[0] : null;
  const channels = isList(cell) ? cell.length : 1;
  const numbers = isList(rows) ? rows.flat(2) : [];
  const height = isList(rows) ? rows.length : 0;
  const even =
    width > 0 &&
    (channels === 1 || channels === 3) &&
    numbers.length === height * width * channels &&
    (rows as unknown[]).every((row) => isList(row) && row.length === width) &&
    numbers.every((x) => typeof x === 'number');
  if (!even) throw new NotAnImage('the list is no image');
  return { width, height, channels, numbers };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new NotAnImage('the list is no image');
  }
}

/** Numbers as the network takes them: black and white as the feature says. Throws `NotAnImage`. */
export async function bytesOfPixels(
  { numbers, ...size }: RawImage,
  feature: ImageFeature,
): Promise<Uint8Array<ArrayBuffer>> {
  const [black, white] = feature.range ?? BYTES;
  const bytes = Uint8Array.from(numbers, (x) => {
    if (!Number.isFinite(x)) throw new NotAnImage('a pixel of the image is no number');
    return Math.round(255 * Math.min(1, Math.max(0, (x - black) / (white - black))));
  });
  const pixels: Pixels = { ...size, bytes };
  return (await fitPixels(pixels, feature)).bytes;
}
