import { DriftloopError } from '../../../domain/errors.ts';
import type { ImageFeature } from '../../../domain/input.ts';

/** What `--image-size` says; `channels` null where it leaves them open. */
export type SaidSize = { width: number; height: number; channels: 1 | 3 | null };

/** `28x28`, `28x28x3`. Throws DL_OPTION_INVALID. */
export function parseImageSize(text: string): SaidSize {
  const found = /^(\d{1,4})x(\d{1,4})(?:x([13]))?$/i.exec(text);
  const [width, height] = [Number(found?.[1]), Number(found?.[2])];
  if (found && width > 0 && height > 0)
    return { width, height, channels: found[3] === undefined ? null : (Number(found[3]) as 1 | 3) };
  throw new DriftloopError('DL_OPTION_INVALID', `--image-size ${text} is no size of an image.`, {
    fix: 'Write width and height in pixels, such as 28x28, or 28x28x3 for colours.',
  });
}

/**
 * How columns of numbers are the pixels of an image: as the size says, else a square of them, grey or in colours.
 *
 * @throws DL_OPTION_MISSING where they are no square, DL_OPTION_INVALID where they are not as many as the size says
 */
export function pixelColumns(
  file: string,
  names: readonly string[],
  size: SaidSize | null,
): NonNullable<ImageFeature['columns']> {
  const { length } = names;
  if (size !== null) {
    const channels = size.channels ?? (length === 3 * size.width * size.height ? 3 : 1);
    if (length === size.width * size.height * channels)
      return { names: [...names], width: size.width, height: size.height, channels };
    throw new DriftloopError(
      'DL_OPTION_INVALID',
      `${file} has ${length} columns of pixels; an image of ${size.width} × ${size.height} needs ${size.width * size.height}, or three times as many.`,
      {
        fix: `Correct --image-size, or leave out what is no pixel with --ignore; they begin ${said(names)}.`,
      },
    );
  }
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(length / channels);
    if (Number.isInteger(side)) return { names: [...names], width: side, height: side, channels };
  }
  throw new DriftloopError(
    'DL_OPTION_MISSING',
    `Nothing says how the ${length} columns of ${file} are an image: that is no square of pixels.`,
    {
      fix: `Say --image-size WIDTHxHEIGHT, or leave out what is no pixel with --ignore; they begin ${said(names)}.`,
    },
  );
}

const SAID = 3;
const said = (names: readonly string[]) => names.slice(0, SAID).join(', ');
