import type { Feature, ImageFeature, InputRow } from '../../../domain/input.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';
import { openInstances, openRows } from '../../data/read-rows.ts';
import type { Described, Example } from '../offline-task.ts';
import { rowModel } from '../row-model.ts';
import { timesOf } from '../times.ts';
import { bytesOfRaw, imageBytes, unreadable } from './pixels-of.ts';
import type { Place } from './pixels-of.ts';

type Model = Described['model'];

/** Images that are decoded at a time: decoding runs beside this thread. */
const AT_ONCE = 16;

/** Labelled images of a file, each decoded to what the network takes. Throws DL_IMAGE_UNREADABLE, and what rows throw. */
export async function readImages(
  file: string,
  { model, columns }: Pick<Described, 'model' | 'columns'>,
): Promise<Example<ImageBytes>[]> {
  const rows = [];
  for await (const row of (await openRows(file, asRows(model), columns, true)).rows()) rows.push(row);
  const at = columns.time === undefined ? null : timesOf(file, columns.time, rows);
  const examples: Example<ImageBytes>[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE)
    examples.push(
      ...(await Promise.all(
        rows.slice(from, from + AT_ONCE).map(async ({ input, label, labels, line }, i) => ({
          input: await imageOf(model, input, { file, line }),
          label,
          labels,
          line,
          at: at?.[from + i] ?? null,
        })),
      )),
    );
  return examples;
}

/** Images that nobody has labelled, one by one. */
export async function* readImageInstances(file: string, model: Model): AsyncIterable<ImageBytes> {
  for await (const { input, line } of (await openInstances(file, asRows(model), true)).rows())
    yield await imageOf(model, input, { file, line });
}

/** The one image of a model, and its name. `describe` takes nothing else. */
export function imageFeature({ input }: Pick<Model, 'input'>): { name: string; feature: ImageFeature } {
  const [first] = Object.entries(input);
  if (first?.[1].kind !== 'image') throw new Error('A model without an image');
  return { name: first[0], feature: first[1] };
}

/** The same model as what its file holds: a word that names the image, or numbers that are its pixels. */
function asRows(model: Model): ReturnType<typeof rowModel> {
  const { name, feature } = imageFeature(model);
  const input: Record<string, Feature> = feature.columns
    ? Object.fromEntries(feature.columns.names.map((column) => [column, { kind: 'number' }]))
    : { [name]: { kind: 'text' } };
  return rowModel({ ...model, input });
}

function imageOf(model: Model, row: InputRow, at: Place): Promise<ImageBytes> {
  const { name, feature } = imageFeature(model);
  if (feature.columns) {
    const { names, ...size } = feature.columns;
    const numbers = names.map((column) => row[column] ?? Number.NaN) as number[];
    return bytesOfRaw({ ...size, numbers }, feature, at);
  }
  const value = row[name];
  if (typeof value === 'string') return imageBytes(value, feature, at);
  throw unreadable(at, 'there is no image', 'Leave out the rows without one.');
}
