import type { InputRow } from '../../../domain/input.ts';
import type { ModelConfig } from '../../../domain/model-config.ts';
import { imageTexts } from '../../../infra/images/image-texts.ts';
import type { Columns } from '../../data/records.ts';
import { imageFeature, readImages } from './read-images.ts';

/** The first images of a file as rows of the loop: each fitted to its model, and written as text. Throws what `readImages` throws. */
export async function readImageRows(
  file: string,
  { model, columns, to }: { model: ModelConfig; columns: Columns; to: number },
): Promise<{ row: InputRow; label: string }[]> {
  const { name, feature } = imageFeature(model);
  const examples = (await readImages(file, { model, columns })).slice(0, to);
  return await Promise.all(
    examples.map(async ({ input, label }) => ({
      row: { [name]: await imageTexts.write(input, feature) },
      label,
    })),
  );
}
