import { imageOf, type InputRow } from '../../domain/input.ts';
import type { Asked } from './generation/conversations.ts';
import type { Described } from './offline-task.ts';

/** Images that are written at a time: that runs beside this thread. */
const AT_ONCE = 16;

/**
 * Rows of a file as the loop would be asked them, so that both name what a version has learnt alike: of a conversation
 * what was said before the answer, an image as the text that a golden row of it is.
 */
export async function loopRows(
  { task, input: features }: Described['model'],
  inputs: readonly unknown[],
): Promise<InputRow[]> {
  const image = imageOf(features);
  if (image !== null)
    return textsOfImages(image.name, image.feature, inputs as readonly Uint8Array<ArrayBuffer>[]);
  if (task.kind !== 'generation') return inputs as InputRow[];
  const [name] = Object.keys(features);
  return (inputs as readonly Asked[]).map(({ prompt }) => ({
    [name!]: prompt.map(({ content }) => content).join('\n'),
  }));
}

async function textsOfImages(
  name: string,
  feature: NonNullable<ReturnType<typeof imageOf>>['feature'],
  images: readonly Uint8Array<ArrayBuffer>[],
): Promise<InputRow[]> {
  const { imageTexts } = await import('../../infra/images/image-texts.ts');
  const rows: InputRow[] = [];
  for (let from = 0; from < images.length; from += AT_ONCE) {
    const some = images.slice(from, from + AT_ONCE);
    rows.push(
      ...(await Promise.all(some.map(async (bytes) => ({ [name]: await imageTexts.write(bytes, feature) })))),
    );
  }
  return rows;
}
