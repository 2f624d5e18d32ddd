import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import type { ImageFeature } from '../../../domain/input.ts';
import { decodeImage, imageSizeOf, NotAnImage } from '../../../infra/images/decode-image.ts';
import { encodedIn } from '../../../infra/images/image-texts.ts';
import { bytesOfPixels, isPixelList, readPixelList } from '../../../infra/images/pixel-lists.ts';
import type { RawImage } from '../../../infra/images/pixel-lists.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';

/** Where an image stands, for whoever has to correct it. */
export type Place = { file: string; line: number };

/** What a value of a file is: an image file's bytes, or pixels. Throws DL_IMAGE_UNREADABLE. */
export async function openImage(value: string, at: Place): Promise<Uint8Array | RawImage> {
  if (isPixelList(value)) return rawImage(value, at);
  if (/^https?:/i.test(value))
    throw unreadable(at, `"${short(value)}" is an address, and nothing is fetched`, FETCH);
  if (value.startsWith('data:')) return encoded(value, at);
  const file = path.resolve(path.dirname(at.file), value);
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(at, `the image ${file} cannot be read (${error.code ?? error.message})`, FIND, error);
  });
}

function encoded(value: string, at: Place): Uint8Array {
  try {
    return encodedIn(value);
  } catch (error) {
    throw error instanceof NotAnImage ? unreadable(at, error.message, ENCODE, error) : error;
  }
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
export const bytesOfRaw = (raw: RawImage, feature: ImageFeature, at: Place): Promise<ImageBytes> =>
  bytesOfPixels(raw, feature).catch((error: unknown) => {
    throw sayList(error, at);
  });

function rawImage(json: string, at: Place): RawImage {
  try {
    return readPixelList(json);
  } catch (error) {
    throw sayList(error, at);
  }
}

const sayList = (error: unknown, at: Place): unknown =>
  error instanceof NotAnImage ? unreadable(at, error.message, NUMBERS, error) : error;

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
