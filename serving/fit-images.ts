import { InputInvalid, SEND_AN_IMAGE } from '../domain/check-instance.ts';
import type { InputProblem } from '../domain/check-instance.ts';
import { imageOf } from '../domain/input.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ImageReader } from '../domain/ports.ts';

/**
 * The images of a request as the network sees them, which is what is answered, kept, and learnt from later. Rows of
 * models that read no image stay as they are.
 *
 * @throws {InputInvalid} with every image that is missing or cannot be read
 */
export async function fitImages(
  images: ImageReader,
  { name: model, input }: Pick<ModelConfig, 'name' | 'input'>,
  rows: InputRow[],
): Promise<InputRow[]> {
  const one = imageOf(input);
  if (one === null) return rows;
  const { name, feature } = one;
  const fit = async (row: InputRow, instance: number): Promise<Fitted> => {
    const refused = (problem: string): Fitted => ({
      refused: { instance, field: name, problem, fix: SEND_AN_IMAGE },
    });
    const value = row[name];
    if (typeof value !== 'string') return refused('is missing, and this model sees nothing else');
    const image = await images.read(value, feature);
    if ('problem' in image) return refused(`cannot be seen: ${image.problem}`);
    return { row: { [name]: await images.write(image.bytes, feature) } };
  };
  const fitted = await Promise.all(rows.map(fit));
  const problems = fitted.flatMap((one) => ('refused' in one ? one.refused : []));
  if (problems.length > 0) throw new InputInvalid(model, problems);
  return fitted.flatMap((one) => ('row' in one ? [one.row] : []));
}

type Fitted = { row: InputRow } | { refused: InputProblem };
