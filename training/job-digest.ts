import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../domain/config.ts';
import type { TrainingJob } from '../domain/ports.ts';
import type { Backend } from './backend.ts';
import type { TrainedTabular } from './tabular/train-tabular.ts';

/** A digest of everything that the weights of a training depend on: two jobs that share it take the same steps. */
export async function jobDigest(
  { model, fineTune, trainFile, validationFile }: TrainingJob,
  champion: TrainedTabular | null,
  backend: Pick<Backend, 'name' | 'version'> | undefined,
): Promise<string> {
  const { name, task, input } = model;
  const warmStart = champion && {
    ...champion,
    weights: createHash('sha256').update(champion.weights).digest('hex'),
  };
  const what = {
    model: { name, task, input },
    // Their order is that of the first layer's weights.
    features: Object.keys(input),
    fineTune,
    rows: [await sha256Of(trainFile), await sha256Of(validationFile)],
    warmStart,
    backend: backend ? [backend.name, backend.version] : null,
  };
  return createHash('sha256').update(canonicalJson(what)).digest('hex');
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
