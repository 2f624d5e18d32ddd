import type { ReportColumn } from '../../../console/report/report-data.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';
import { quantileEdges } from '../../../statistics/shares.ts';
import type { Described } from '../offline-task.ts';
import type { Found } from './find-images.ts';
import type { ImageFeature } from '../../../domain/input.ts';
import { imageFeature } from './read-images.ts';

const WHITE = 255;
/** Parts of equal size by which test images are looked at. */
const PARTS = 3;
const parts = {
  brightness: ['dark', 'middling', 'bright'],
  contrast: ['flat', 'middling', 'strong'],
} as const;
type Measure = keyof typeof parts;

/** Mean and deviation of the bytes of an image, of 1 for white. */
export function measure(image: ImageBytes): Record<Measure, number> {
  const mean = image.reduce((sum, byte) => sum + byte, 0) / image.length;
  const square = image.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / image.length;
  return { brightness: mean / WHITE, contrast: Math.sqrt(square) / WHITE };
}

/** By what test images are looked at in parts: a third of the training images is dark, a third bright. */
export function imageSlices(train: readonly ImageBytes[]): (image: ImageBytes) => Record<string, string> {
  const measured = train.map(measure);
  const edgesOf = (name: Measure) =>
    quantileEdges(
      measured.map((one) => one[name]),
      PARTS,
    ).slice(1, -1);
  const edges = { brightness: edgesOf('brightness'), contrast: edgesOf('contrast') };
  return (image) => {
    const values = measure(image);
    const partOf = (name: Measure) => parts[name][edges[name].filter((edge) => edge < values[name]).length]!;
    return { brightness: partOf('brightness'), contrast: partOf('contrast') };
  };
}

/** What the images look like, for the report. */
export function imageColumns(
  { model }: Pick<Described, 'model'>,
  train: readonly ImageBytes[],
): ReportColumn[] {
  const { name, feature } = imageFeature(model);
  const bright = train.map((image) => measure(image).brightness).sort((a, b) => a - b);
  const percent = (share = 0) => `${Math.round(100 * share)} %`;
  return [
    {
      name,
      kind: 'image',
      missing: 0,
      values:
        `${saySeen(feature)}, brightness ${percent(bright[0])} to ${percent(bright.at(-1))}, ` +
        `half of them up to ${percent(bright[bright.length >> 1])}`,
    },
  ];
}

const saySeen = ({ width, height, channels }: Pick<ImageFeature, 'width' | 'height' | 'channels'>): string =>
  `${width} × ${height} pixels ${channels === 1 ? 'in grey' : 'in colours'}`;

/** Where the images are, what they are and what the network sees of them. */
export function sayImages(found: Found, feature: ImageFeature): string {
  const { columns, range, alike, name } = found;
  const where = columns
    ? `The ${columns.names.length} columns ${columns.names[0]} to ${columns.names.at(-1)} are the pixels of an image`
    : `Images are those of column "${name}"`;
  const size = `${alike ? '' : 'about '}${saySeen(found)}`;
  const [black, white] = feature.range ?? range ?? [];
  const numbers = black === undefined ? '' : `; ${black} is read as black and ${white} as white`;
  return `${where}: ${size}${numbers}. The network sees ${saySeen(feature)}.`;
}
