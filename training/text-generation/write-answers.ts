import type { Tf } from '../backend.ts';
import { generate } from '../generation/generate.ts';
import type { GenerationOptions } from '../generation/generate.ts';
import type { Weights } from '../models/weights.ts';
import { tokenBatch } from '../text/token-batch.ts';
import { cutGiven } from './cut.ts';
import type { Decoder } from './decoder.ts';
import { byLength } from './token-scores.ts';

/** Written at once: each has a memory of its own, of all that stands before. */
const AT_ONCE = { texts: 16, tokens: 8_192 };

/**
 * Goes on writing after each of the prompts, with the likeliest token each time unless it is told to draw. A prompt that
 * leaves no room loses its beginning.
 *
 * @returns the new tokens of each, in the order of the prompts
 */
export async function writeAnswers(
  tf: Tf,
  { config, padId }: Decoder,
  weights: Weights,
  prompts: readonly (readonly number[])[],
  options: GenerationOptions,
): Promise<number[][]> {
  const room = config.positions - Math.min(options.maxNewTokens, config.positions >> 1);
  const given = prompts.map((ids) => cutGiven(ids, room));
  const written = prompts.map((): number[] => []);
  for (const rows of byLength(
    given.map(({ length }) => length),
    AT_ONCE,
  )) {
    const batch = tokenBatch(
      rows.map((row) => ({ ids: given[row]!, types: [] })),
      padId,
      'left',
    );
    const answers = await generate(tf, config, weights, batch, options);
    for (const [i, row] of rows.entries()) written[row] = answers[i]!;
  }
  return written;
}
