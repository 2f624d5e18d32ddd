import { DriftloopError } from '../../../domain/errors.ts';
import type { Feature, ImageFeature } from '../../../domain/input.ts';
import type { Classification } from '../../../domain/task.ts';
import type { ImageSize } from '../../../training/image-classification/augment.ts';
import { readImageBase } from '../../../training/image-classification/load-image-classifier.ts';
import { featureNameOf } from '../../data/cells.ts';
import { LABELS_AT_MOST, modelNameFrom, taskFrom } from '../../data/infer-config.ts';
import { profileColumns } from '../../data/profile-columns.ts';
import { headerOf } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import type { Declared } from '../declared-model.ts';
import type { DataOptions, Described } from '../offline-task.ts';
import { columnsOf, sayDeclared, undeclared } from '../tabular/describe.ts';
import { findImages } from './find-images.ts';
import type { Found } from './find-images.ts';
import { sayImages } from './images.ts';
import { parseImageSize } from './pixel-columns.ts';
import type { SaidSize } from './pixel-columns.ts';

/** A new network sees no longer side than that: it is for small images, and its work grows with their area. */
const LONGEST_SIDE = 64;

/**
 * The model that a file of images and labels suggests, or that a config declares. Its network sees images of the size of
 * its base; without one, of the size that options or config say, else of their own up to 64 pixels.
 *
 * @param baseFolder of the base; null: from scratch
 */
export async function describeImages(
  options: DataOptions,
  declared: Declared | null,
  baseFolder: () => Promise<string | null>,
): Promise<Described> {
  const { train } = options;
  const header = await headerOf(train, true);
  const columns = columnsOf(train, header, options);
  const said = options.imageSize === undefined ? null : parseImageSize(options.imageSize);
  const own = declared && declaredImage(declared);
  const rest = othersThan(columns, header);
  const found = await findImages(train, rest, {
    said: said ?? own?.feature ?? null,
    name: own?.name ?? null,
  });
  const task = own?.task ?? (await labelsOf(train, columns));
  const feature = await featureOf(found, { said, own: own?.feature ?? null, base: await baseFolder() });
  const model = { name: declared?.model.name ?? modelNameFrom(train), task };
  return {
    model: { ...model, input: { [own?.name ?? found.name]: feature } },
    columns,
    leftOut:
      declared !== null && found.columns === null
        ? undeclared(declared, header, columns)
        : rest
            .filter((column) => found.columns === null && featureNameOf(column) !== found.name)
            .map((column) => ({ column, because: `only the image in "${found.name}" is seen` })),
    notes: [...(declared ? [sayDeclared(declared)] : []), sayImages(found, feature)],
  };
}

const othersThan = ({ label, time, ignore = [] }: Columns, header: readonly string[]): string[] =>
  header.filter((column) => column !== label && column !== time && !ignore.includes(column));

type Own = { name: string; feature: ImageFeature; task: Classification };

/** What a config says: one image, told apart by labels. */
function declaredImage({ file, model: { name, task, input } }: Declared): Own {
  const features: [string, Feature][] = Object.entries(input);
  const [first] = features;
  if (task.kind === 'classification' && features.length === 1 && first?.[1].kind === 'image')
    return { name: first[0], feature: first[1], task };
  const images = features.filter(([, { kind }]) => kind === 'image').length;
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `${name} in ${file} is a ${task.kind} of ${images} images and ${features.length - images} other columns.`,
    { fix: 'Declare one image() as input, and a classification as task.' },
  );
}

async function labelsOf(file: string, { label }: Columns): Promise<Classification> {
  const profile = (await profileColumns(file, [label], LABELS_AT_MOST.words + 1, true)).get(label)!;
  const task = taskFrom(profile, label);
  if (task.kind === 'classification') return task;
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `Column "${label}" is a quantity; images are told apart by labels.`,
    { fix: 'Name a column with a few different words: --label COLUMN.' },
  );
}

/** What the network sees, and how the file holds it. */
async function featureOf(
  found: Found,
  { said, own, base }: { said: SaidSize | null; own: ImageFeature | null; base: string | null },
): Promise<ImageFeature> {
  const range = own?.range ?? found.range;
  const columns = own?.columns ?? found.columns;
  return {
    kind: 'image',
    ...(base === null ? (own ?? newSize(found, said)) : await sizeOfBase(base, own)),
    ...(range ? { range } : {}),
    ...(columns ? { columns } : {}),
  };
}

type Seen = Pick<ImageFeature, 'width' | 'height' | 'channels'>;

function newSize({ columns, width, height, channels }: Found, said: SaidSize | null): Seen {
  if (said !== null && columns === null)
    return { width: said.width, height: said.height, channels: said.channels ?? channels };
  const shrunk = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * shrunk));
  return { width: side(width), height: side(height), channels };
}

async function sizeOfBase(base: string, own: ImageFeature | null): Promise<Seen> {
  const { size } = await readImageBase(base);
  const { width, height, channels } = size;
  if (channels !== 1 && channels !== 3)
    throw new DriftloopError('DL_TASK_UNFIT', `The base ${base} sees images of ${channels} channels.`, {
      fix: 'Take one for grey images (1) or for colours (3).',
    });
  if (own && (own.width !== width || own.height !== height || own.channels !== channels))
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `The config declares images of ${saySize(own)}, and the base ${base} sees ${saySize(size)}.`,
      { fix: `Declare image({ width: ${width}, height: ${height}, channels: ${channels} }).` },
    );
  return { width, height, channels };
}

const saySize = ({ width, height, channels }: ImageSize): string =>
  `${width} × ${height} pixels, ${channels === 1 ? 'grey' : 'in colours'}`;
