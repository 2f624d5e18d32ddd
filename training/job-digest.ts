import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../domain/config.ts';
import type { OldFiles, TrainingJob } from '../domain/ports.ts';
import type { Backend } from './backend.ts';

/** What the weights of a training depend on, beside its rows. */
export type Dependence = {
  settings: object;
  /** The network that it begins from, or digests of it; null: from scratch. */
  begunFrom: unknown;
  backend: Pick<Backend, 'name' | 'version'> | undefined;
  /** Of the time before; null where nothing of it is kept. */
  old?: OldFiles | null;
};

/** A digest of everything that the weights of a training depend on: two jobs that share it take the same steps. */
export async function jobDigest(
  { model, trainFile, validationFile }: Pick<TrainingJob, 'model' | 'trainFile' | 'validationFile'>,
  { settings, begunFrom, backend, old = null }: Dependence,
): Promise<string> {
  const { name, task, input } = model;
  const files = [trainFile, validationFile, ...(old === null ? [] : [old.rehearsal, old.golden])];
  const what = {
    model: { name, task, input },
    // Their order is that of the first layer's weights.
    features: Object.keys(input),
    settings,
    rows: await Promise.all(files.map(sha256Of)),
    begunFrom,
    backend: backend ? [backend.name, backend.version] : null,
  };
  return createHash('sha256').update(canonicalJson(what)).digest('hex');
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
