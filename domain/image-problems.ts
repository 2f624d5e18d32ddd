import type { ConfigProblem } from './config-problems.ts';
import { count } from './count.ts';
import type { ModelConfig } from './model-config.ts';

/** Pixels that the loop keeps of an image: what a message of Kafka holds, written in base64 beside its answer. */
const BYTES_AT_MOST = 640_000;

/** What the loop cannot do with images, of one model and its place in the config. */
export function checkImages([index, { input, gate }]: readonly [number, ModelConfig]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, feature] of Object.entries(input)) {
    if (feature.kind !== 'image') continue;
    const note = (problem: string, fix: string) =>
      problems.push({ path: `models.${index}.input.${name}`, problem, fix });
    const bytes = feature.width * feature.height * feature.channels;
    if (Object.keys(input).length > 1)
      note('is an image beside other features, which no network here reads together', 'Declare it alone.');
    if (feature.columns !== undefined)
      note('has a column for each pixel, as files may; the loop takes it as one value', 'Remove columns.');
    if (bytes > BYTES_AT_MOST)
      note(
        `keeps ${count(bytes)} bytes of each image; the loop keeps at most ${count(BYTES_AT_MOST)}`,
        'Declare a smaller width and height: images are fitted to them.',
      );
    if (gate.slices.includes(name))
      problems.push({
        path: `models.${index}.gate.slices`,
        problem: `"${name}" is an image, and no two are alike`,
        fix: 'Remove it.',
      });
  }
  return problems;
}
