import type { Random } from '../random.ts';
import type { ImageBytes } from './image-reader.ts';

/** How an image may look another time, and still be what it is. Nothing is 0. */
export type Augmentation = Readonly<{
  /** Moved to either side by up to this share of it. */
  shift: number;
  /** Turned by up to so many degrees, either way. */
  turn: number;
  /** Larger or smaller by up to this share. */
  zoom: number;
  /** Mirrored, left and right, half of the time. */
  flip: boolean;
  /** How often a part of it is covered: at most half of each side. */
  erase: number;
  /** Standard deviation of what is added to each byte, as a share of 255. */
  noise: number;
}>;

export const noAugmentation: Augmentation = { shift: 0, turn: 0, zoom: 0, flip: false, erase: 0, noise: 0 };

export const changesNothing = ({ shift, turn, zoom, flip, erase, noise }: Augmentation): boolean =>
  !flip && shift + turn + zoom + erase + noise === 0;

export type ImageSize = Readonly<{ width: number; height: number; channels: number }>;

/**
 * The image as it might have looked another time; a copy. What comes in from outside of it is its own edge. The same
 * chance gives the same image.
 *
 * Source of the covered part: Zhong et al., "Random Erasing Data Augmentation" (2017); it is filled with noise.
 */
export function augment(
  image: ImageBytes,
  size: ImageSize,
  { shift, turn, zoom, flip, erase, noise }: Augmentation,
  chance: Random,
): ImageBytes {
  const within = (most: number) => most * (2 * chance.uniform() - 1);
  const move: Move = {
    x: within(shift) * size.width,
    y: within(shift) * size.height,
    angle: (within(turn) * Math.PI) / 180,
    scale: 1 + within(zoom),
    mirrored: flip && chance.uniform() < 0.5,
  };
  const moved = isStill(move) ? image.slice() : moveImage(image, size, move);
  if (erase > 0 && chance.uniform() < erase) cover(moved, size, chance);
  if (noise > 0) addNoise(moved, noise * 255, chance);
  return moved;
}

type Move = { x: number; y: number; angle: number; scale: number; mirrored: boolean };

const isStill = ({ x, y, angle, scale, mirrored }: Move) =>
  x === 0 && y === 0 && angle === 0 && scale === 1 && !mirrored;

/** Each pixel from where it was before the move, between the four around that place. */
function moveImage(image: ImageBytes, { width, height, channels }: ImageSize, move: Move): ImageBytes {
  const moved = new Uint8Array(image.length);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const [cos, sin] = [Math.cos(move.angle) / move.scale, Math.sin(move.angle) / move.scale];
  const sign = move.mirrored ? -1 : 1;
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const [dx, dy] = [sign * (column - middleX - move.x), row - middleY - move.y];
      const x = inside(middleX + cos * dx + sin * dy, width - 1);
      const y = inside(middleY - sin * dx + cos * dy, height - 1);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
      const [alongX, alongY] = [x - left, y - top];
      for (let c = 0; c < channels; c += 1) {
        const at = (r: number, k: number) => image[(r * width + k) * channels + c]!;
        const above = at(top, left) + alongX * (at(top, right) - at(top, left));
        const below = at(bottom, left) + alongX * (at(bottom, right) - at(bottom, left));
        moved[(row * width + column) * channels + c] = Math.round(above + alongY * (below - above));
      }
    }
  return moved;
}

const inside = (x: number, last: number): number => Math.min(last, Math.max(0, x));

function cover(image: ImageBytes, { width, height, channels }: ImageSize, chance: Random): void {
  const part = (side: number) => {
    const length = Math.max(1, Math.round((side / 2) * chance.uniform()));
    return { from: Math.floor((side - length + 1) * chance.uniform()), length };
  };
  const [columns, rows] = [part(width), part(height)];
  for (let row = rows.from; row < rows.from + rows.length; row += 1)
    for (let i = columns.from * channels; i < (columns.from + columns.length) * channels; i += 1)
      image[row * width * channels + i] = Math.floor(256 * chance.uniform());
}

/** The sum of four uniform draws, which is near enough to normal. */
function addNoise(image: ImageBytes, deviation: number, chance: Random): void {
  const spread = deviation * Math.sqrt(3);
  for (let i = 0; i < image.length; i += 1) {
    const drawn = chance.uniform() + chance.uniform() + chance.uniform() + chance.uniform() - 2;
    image[i] = Math.min(255, Math.max(0, Math.round(image[i]! + spread * drawn)));
  }
}
