import type { Example } from '../domain/examples.ts';
import type { ArtifactStore, Predictor } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';

export type Answering = { predictor: Predictor; artifacts: ArtifactStore };

/** Rows of one call of the predictor: a long test set must not become one long message. */
const ROWS_AT_ONCE = 1_000;

/** What a version answers to these rows, in their order. Loads it where it is not loaded yet. */
export async function answersOf(
  { predictor, artifacts }: Answering,
  { digest }: { digest: string },
  examples: readonly Example[],
): Promise<AnyOutput[]> {
  await predictor.load(digest, await artifacts.open(digest));
  const outputs: AnyOutput[] = [];
  for (let from = 0; from < examples.length; from += ROWS_AT_ONCE) {
    const rows = examples.slice(from, from + ROWS_AT_ONCE).map((example) => example.input);
    outputs.push(...(await predictor.predict(digest, rows)));
  }
  return outputs;
}
