import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NotSafetensors, readMixedSafetensors, writeSafetensors } from '../safetensors.ts';
import type { NamedTensor, TensorValues } from '../safetensors.ts';
import { KeptTensors } from './kept-tensors.ts';
import { NotACheckpoint } from './not-a-checkpoint.ts';

/**
 * A training in the middle, as one file: tensors and, in their header, everything that is none. It names the job that
 * it belongs to, and the digest of its own content, so that neither another job's nor a damaged one is ever used.
 */
export type Checkpoint<State> = {
  state: State;
  /** How long the job has been trained so far. */
  seconds: number;
};

/** How the state of one kind of training is written down. */
export type StateCodec<State, Head> = {
  /** What is no tensor of it. */
  head: z.ZodType<Head>;
  take(state: State): { head: Head; tensors: NamedTensor<TensorValues>[] };
  /** The same state, with every digit. */
  give(head: Head, tensors: KeptTensors): State;
};

/** Raised when a state written before would be continued differently. */
const CHECKPOINT_FORMAT = 2;

const headSchema = z.strictObject({
  format: z.literal(CHECKPOINT_FORMAT),
  job: z.string(),
  seconds: z.number().nonnegative(),
  state: z.unknown(),
});

/** `job`: the digest of everything that the training depends on. */
export function writeCheckpoint<State, Head>(
  codec: StateCodec<State, Head>,
  { state, seconds }: Checkpoint<State>,
  job: string,
): Uint8Array {
  const taken = codec.take(state);
  const head = JSON.stringify({
    format: CHECKPOINT_FORMAT,
    job,
    seconds,
    state: taken.head,
  } satisfies z.input<typeof headSchema>);
  return writeSafetensors(taken.tensors, { driftloop: head, sha256: digestOf(head, taken.tensors) });
}

/**
 * Reads a checkpoint of this job.
 *
 * @throws {NotACheckpoint} with why it cannot be used
 */
export function readCheckpoint<State, Head>(
  codec: StateCodec<State, Head>,
  bytes: Uint8Array,
  job: string,
): Checkpoint<State> {
  const { tensors, metadata } = readWhole(bytes);
  const { driftloop: text, sha256 } = metadata;
  if (typeof text !== 'string') throw new NotACheckpoint('it has no head');
  if (digestOf(text, tensors) !== sha256) throw new NotACheckpoint('its content is not what was written');
  // An older format has other fields: nothing more is read of it.
  const parsed = headSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new NotACheckpoint('it is of another format');
  const { job: of, seconds, state } = parsed.data;
  if (of !== job) throw new NotACheckpoint('it is of other rows, settings or another backend');
  const head = codec.head.safeParse(state);
  if (!head.success) throw new NotACheckpoint('it is of another kind of training');
  return { seconds, state: codec.give(head.data, new KeptTensors(tensors)) };
}

function digestOf(head: string, tensors: readonly NamedTensor<TensorValues>[]): string {
  const hash = createHash('sha256').update(head);
  for (const { name, values } of tensors)
    hash.update(`\0${name}\0`).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

function readWhole(bytes: Uint8Array) {
  try {
    return readMixedSafetensors(bytes);
  } catch (error) {
    if (error instanceof NotSafetensors) throw new NotACheckpoint(error.message);
    throw error;
  }
}
