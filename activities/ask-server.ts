import { checkInstance } from '../domain/check-instance.ts';
import { imageOf } from '../domain/input.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ImageReader } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';
import type { TrialServer } from './ports.ts';

/** What a client sends at once: a few rows, of images fewer, since a server takes no body of any size. */
const OF_A_REQUEST = { rows: 10, characters: 1_000_000 };
/** Answers that are timed one by one; of fewer nobody knows what 99 of 100 take. */
const ANSWERS_TO_TIME = 100;

/**
 * A stored row as a client could send it now, or null where none could: the config may have changed since, and whoever
 * answers production without our server may have recorded an image that nobody can see. What the model does not declare
 * is no part of what it is asked.
 */
export async function askable(
  images: Pick<ImageReader, 'read'>,
  input: ModelConfig['input'],
  row: InputRow,
): Promise<InputRow | null> {
  const declared = Object.fromEntries(Object.keys(input).map((name) => [name, row[name] ?? null]));
  if (!('row' in checkInstance(input, declared, 0))) return null;
  const one = imageOf(input);
  if (one === null) return declared;
  const image = declared[one.name];
  return typeof image === 'string' && 'bytes' in (await images.read(image, one.feature)) ? declared : null;
}

/** Rows as requests, in their order; one that is too large for a request is one of its own. */
export function requestsOf(rows: readonly InputRow[]): InputRow[][] {
  const requests: InputRow[][] = [];
  let characters = 0;
  for (const row of rows) {
    const { length } = JSON.stringify(row);
    characters += length;
    const last = requests.at(-1);
    if (last !== undefined && last.length < OF_A_REQUEST.rows && characters <= OF_A_REQUEST.characters)
      last.push(row);
    else {
      requests.push([row]);
      characters = length;
    }
  }
  return requests;
}

export type Served = Readonly<{
  outputs: readonly AnyOutput[];
  /** Milliseconds from a request of one row to its answer. */
  times: readonly number[];
  /** What the server said to the first request that it did not answer; null where it answered all. */
  refusal: string | null;
}>;

/** Asks a server all rows, a few at a time, then one row at a time until enough answers are timed. */
export async function askServer(server: TrialServer, rows: readonly InputRow[]): Promise<Served> {
  const [outputs, times]: [AnyOutput[], number[]] = [[], []];
  for (const some of requestsOf(rows)) {
    const answer = await server.ask(some);
    if ('refusal' in answer) return { outputs, times, ...answer };
    outputs.push(...answer.outputs);
  }
  for (let i = 0; rows.length > 0 && i < ANSWERS_TO_TIME; i += 1) {
    const began = performance.now();
    const answer = await server.ask([rows[i % rows.length]!]);
    if ('refusal' in answer) return { outputs, times, ...answer };
    times.push(performance.now() - began);
  }
  return { outputs, times, refusal: null };
}
