import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import type { Feature } from '../../../domain/input.ts';
import { decodeImage, fitPixels, imageSizeOf, NotAnImage } from '../../../infra/images/decode-image.ts';
import type { Pixels, WantedImage } from '../../../infra/images/decode-image.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';

export type ImageFeature = Extract<Feature, { kind: 'image' }>;

/** Where an image stands, for whoever has to correct it. */
export type Place = { file: string; line: number };

/** Black and white where nothing else is said. */
const BYTES = [0, 255] as const;

/** Raw pixels as they stand in a file. */
export type RawImage = { width: number; height: number; channels: number; numbers: readonly number[] };

/** What a value of a file is: an image file's bytes, or pixels. Throws DL_IMAGE_UNREADABLE. */
export async function openImage(value: string, at: Place): Promise<Uint8Array | RawImage> {
  if (value.startsWith('[')) return rawImage(value, at);
  if (/^https?:/i.test(value))
    throw unreadable(at, `"${short(value)}" is an address, and nothing is fetched`, FETCH);
  if (value.startsWith('data:')) {
    const encoded = /^data:[\w/+.-]*;base64,/.exec(value);
    if (!encoded) throw unreadable(at, 'its data: address holds no base64', ENCODE);
    return Buffer.from(value.slice(encoded[0].length), 'base64');
  }
  const file = path.resolve(path.dirname(at.file), value);
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(at, `the image ${file} cannot be read (${error.code ?? error.message})`, FIND, error);
  });
}

/** The image of a value as the network takes it. Throws DL_IMAGE_UNREADABLE. */
export async function imageBytes(value: string, feature: ImageFeature, at: Place): Promise<ImageBytes> {
  const image = await openImage(value, at);
  if (!(image instanceof Uint8Array)) return bytesOfRaw(image, feature, at);
  try {
    return (await decodeImage(image, feature)).bytes;
  } catch (error) {
    throw sayDamaged(error, value, at);
  }
}

/** How large an image is, and whether it is grey. Throws DL_IMAGE_UNREADABLE. */
export async function imageForm(
  value: string,
  at: Place,
): Promise<{ width: number; height: number; grey: boolean }> {
  const image = await openImage(value, at);
  if (!(image instanceof Uint8Array)) return { ...image, grey: image.channels === 1 };
  try {
    return await imageSizeOf(image);
  } catch (error) {
    throw sayDamaged(error, value, at);
  }
}

/** Numbers as the network takes them: black and white as the feature says. Throws DL_IMAGE_UNREADABLE. */
export async function bytesOfRaw(
  { numbers, ...size }: RawImage,
  feature: ImageFeature,
  at: Place,
): Promise<ImageBytes> {
  const [black, white] = feature.range ?? BYTES;
  const bytes = Uint8Array.from(numbers, (x) => {
    if (!Number.isFinite(x)) throw unreadable(at, 'a pixel of the image is no number', NUMBERS);
    return Math.round(255 * Math.min(1, Math.max(0, (x - black) / (white - black))));
  });
  const pixels: Pixels = { ...size, bytes };
  return (await fitPixels(pixels, feature satisfies WantedImage)).bytes;
}

/** [row][column] or [row][column][channel]. */
function rawImage(json: string, at: Place): RawImage {
  const rows: unknown = JSON.parse(json);
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
  if (!even) throw unreadable(at, 'the list is no image', NUMBERS);
  return { width, height, channels, numbers };
}

function sayDamaged(error: unknown, value: string, at: Place): unknown {
  if (!(error instanceof NotAnImage)) return error;
  const what = value.startsWith('data:') ? 'the image' : `the image ${value}`;
  return unreadable(at, `${what} cannot be used: ${error.message}`, REPLACE, error);
}

const FETCH = 'Download the images, and name their files, seen from this one.';
const FIND = 'Name image files as seen from this file, or by their whole path.';
const ENCODE = 'Write data:image/png;base64,… or the name of a file.';
const REPLACE = 'Save it again as PNG or JPEG, or leave out its row.';
const NUMBERS =
  'Write rows of pixels, each of the same length: [[0, 255], [128, 0]], or with [red, green, blue] for a pixel.';

const LONGEST_NAME = 60;
const short = (text: string) => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text);

export const unreadable = ({ file, line }: Place, what: string, fix: string, cause?: unknown) =>
  new DriftloopError('DL_IMAGE_UNREADABLE', `${file}, line ${line}: ${what}.`, {
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
