import { DriftloopError } from '../../../domain/errors.ts';
import { isMissing, numberIn } from '../../data/cells.ts';
import { readRecords } from '../../data/records.ts';
import { imageForm } from './pixels-of.ts';
import { pixelRange } from './pixel-range.ts';

/** What the images of a file are like. */
export type Survey = {
  /** The middle one of the first images. */
  width: number;
  height: number;
  channels: 1 | 3;
  alike: boolean;
  /** Of images in numbers; null for files. */
  range: [number, number] | null;
};

/** Images whose size is looked at: enough to know what most are like. */
const LOOKED_AT = 64;

/** Looks at the images of a column. Throws DL_IMAGE_UNREADABLE, DL_DATA_EMPTY. */
export async function surveyImages(file: string, column: string): Promise<Survey> {
  const forms: { width: number; height: number; grey: boolean }[] = [];
  const seen = extremes();
  for await (const { cells, line } of readRecords(file, true)) {
    const value = (cells[column] ?? '').trim();
    if (isMissing(value)) continue;
    if (forms.length < LOOKED_AT) forms.push(await imageForm(value, { file, line }));
    if (value.startsWith('['))
      for (const number of value.match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? []) seen.see(Number(number));
    else if (forms.length === LOOKED_AT) break;
  }
  if (forms.length === 0)
    throw new DriftloopError('DL_DATA_EMPTY', `Column "${column}" of ${file} names no image.`, {
      fix: 'Name image files there, seen from this file.',
    });
  const middle = (sizes: number[]) => sizes.sort((a, b) => a - b)[sizes.length >> 1]!;
  const [width, height] = [middle(forms.map((one) => one.width)), middle(forms.map((one) => one.height))];
  return {
    width,
    height,
    channels: forms.every(({ grey }) => grey) ? 1 : 3,
    alike: forms.every((one) => one.width === width && one.height === height),
    range: seen.range(),
  };
}

/** The range of columns of pixels. */
export async function surveyColumns(
  file: string,
  names: readonly string[],
): Promise<[number, number] | null> {
  const seen = extremes();
  for await (const { cells } of readRecords(file))
    for (const name of names) {
      const number = numberIn(cells[name] ?? '');
      if (number !== undefined) seen.see(number);
    }
  return seen.range();
}

function extremes() {
  let [least, greatest] = [Infinity, -Infinity];
  return {
    see(number: number): void {
      if (number < least) least = number;
      if (number > greatest) greatest = number;
    },
    range: () => (least <= greatest ? pixelRange(least, greatest) : null),
  };
}
