import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NotSafetensors, readMixedSafetensors, writeSafetensors } from '../safetensors.ts';
import type { NamedTensor, TensorValues } from '../safetensors.ts';
import type { FitState } from './fit.ts';

/**
 * A training in the middle, as one file: tensors and, in their header, everything that is none. It names the job that
 * it belongs to, and the digest of its own content, so that neither another job's nor a damaged one is ever used.
 */
export type Checkpoint = {
  state: FitState;
  /** How long the job has been trained so far. */
  seconds: number;
};

/** Raised when a state written before would be continued differently. */
const CHECKPOINT_FORMAT = 1;

/** Why a file is no checkpoint of this job, in words; whoever reads the file knows its name. */
export class NotACheckpoint extends Error {
  override readonly name = 'NotACheckpoint';
}

const count = z.int().nonnegative();
const headSchema = z.strictObject({
  format: z.literal(CHECKPOINT_FORMAT),
  job: z.string(),
  seconds: z.number().nonnegative(),
  step: count,
  epoch: count,
  at: count,
  random: z.array(z.int()).readonly(),
  powers: z.tuple([z.number(), z.number()]).readonly(),
  best: z.strictObject({ epoch: count, loss: z.number() }).nullable(),
  validationLoss: z.number().nullable(),
});

/** `job`: the digest of everything that the training depends on. */
export function writeCheckpoint({ state, seconds }: Checkpoint, job: string): Uint8Array {
  const { step, epoch, at, order, random, learner, best, validationLoss } = state;
  const head = JSON.stringify({
    format: CHECKPOINT_FORMAT,
    job,
    seconds,
    step,
    epoch,
    at,
    random,
    powers: learner.powers,
    best: best && { epoch: best.epoch, loss: best.loss },
    validationLoss,
  } satisfies z.input<typeof headSchema>);
  const tensors = [
    flat('weights', learner.weights),
    flat('m', learner.m),
    flat('v', learner.v),
    flat('order', order),
    ...(best ? [flat('best', best.weights)] : []),
  ];
  return writeSafetensors(tensors, { driftloop: head, sha256: digestOf(head, tensors) });
}

/**
 * Reads a checkpoint of this job.
 *
 * @throws {NotACheckpoint} with why it cannot be used
 */
export function readCheckpoint(bytes: Uint8Array, job: string): Checkpoint {
  const { tensors, metadata } = readWhole(bytes);
  const { driftloop: text, sha256 } = metadata;
  if (typeof text !== 'string') throw new NotACheckpoint('it has no head');
  if (digestOf(text, tensors) !== sha256) throw new NotACheckpoint('its content is not what was written');
  // An older format has other fields: nothing more is read of it.
  const parsed = headSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new NotACheckpoint('it is of another format');
  const { job: of, seconds, powers, best, format: _, ...rest } = parsed.data;
  if (of !== job) throw new NotACheckpoint('it is of other rows, settings or another backend');
  const named = new Map(tensors.map(({ name, values }) => [name, values]));
  const tensor = <Kind extends TensorValues>(name: string, ...kinds: Constructor<Kind>[]): Kind => {
    const values = named.get(name);
    for (const kind of kinds) if (values instanceof kind) return values;
    throw new NotACheckpoint(`it lacks "${name}"`);
  };
  const ofLearner = (name: string) => tensor<Float32Array | Float64Array>(name, Float32Array, Float64Array);
  const weights = () => Float32Array.from(tensor('best', Float32Array));
  return {
    seconds,
    state: {
      ...rest,
      order: tensor('order', Int32Array),
      learner: { weights: ofLearner('weights'), m: ofLearner('m'), v: ofLearner('v'), powers },
      best: best && { ...best, weights: weights() },
    },
  };
}

type Constructor<T> = abstract new (...given: never[]) => T;

const flat = (name: string, values: TensorValues): NamedTensor<TensorValues> => ({
  name,
  shape: [values.length],
  values,
});

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
