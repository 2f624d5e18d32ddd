import { DriftloopError } from '../../../domain/errors.ts';
import { featureNameOf } from '../../data/cells.ts';
import { pixelColumns } from './pixel-columns.ts';
import type { SaidSize } from './pixel-columns.ts';
import type { ImageFeature } from '../../../domain/input.ts';
import { surveyColumns, surveyImages } from './survey.ts';

/** Where the images of a file are, and what they are like. */
export type Found = Pick<ImageFeature, 'width' | 'height' | 'channels'> & {
  name: string;
  /** Where each column is a pixel; null where one value is an image. */
  columns: NonNullable<ImageFeature['columns']> | null;
  /** Of images in numbers: black and white; null for image files. */
  range: [number, number] | null;
  /** Whether all that were looked at are of one size. */
  alike: boolean;
};

/** The column that is the image where there are several. */
const USUAL_IMAGE = 'image';
/** The name of an image whose pixels are columns. */
const PIXELS = 'pixels';

/**
 * Finds the images: the column that is called so (or as the config says), the only one, or all of them as pixels.
 *
 * @param rest columns that are neither label nor time nor left out
 * @param said how large an image is, where columns are pixels; null: a square
 * @throws DL_NO_FEATURES, DL_OPTION_MISSING, DL_OPTION_INVALID, DL_IMAGE_UNREADABLE, DL_DATA_EMPTY
 */
export async function findImages(
  file: string,
  rest: readonly string[],
  { said, name }: { said: SaidSize | null; name: string | null },
): Promise<Found> {
  const column =
    rest.find((one) => featureNameOf(one) === (name ?? USUAL_IMAGE)) ??
    (rest.length === 1 ? rest[0] : undefined);
  if (column !== undefined)
    return { name: name ?? featureNameOf(column), columns: null, ...(await surveyImages(file, column)) };
  if (rest.length === 0)
    throw new DriftloopError('DL_NO_FEATURES', `${file} has no column beside the label.`, {
      fix: 'Give a file with a column of image files, or with a column for each pixel.',
    });
  const { names, ...size } = pixelColumns(file, rest, said);
  const range = await surveyColumns(file, names);
  const columns = { ...size, names: names.map(featureNameOf) };
  return { name: name ?? PIXELS, columns, ...size, range, alike: true };
}
