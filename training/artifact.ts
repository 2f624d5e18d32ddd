import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../domain/errors.ts';
import { needingRoom } from '../domain/room.ts';
import { NotSafetensors, readSafetensors, writeSafetensors } from './safetensors.ts';
import type { NamedTensor } from './safetensors.ts';
import { corrupt, readSignatureFile, readWhole, SIGNATURE_FILE, writeSignature } from './signature-file.ts';
import { signatureSchema } from './signature.ts';
import type { Signature } from './signature.ts';
import { layersOf, weightCount } from './tabular/network.ts';
import { encodedColumns } from './tabular/preprocessing.ts';
import type { TrainedRegressor } from './tabular/train-regression.ts';
import type { TrainedTabular } from './tabular/train-tabular.ts';

/** A trained version as a folder: what it is in `driftloop.json`, its weights in `model.safetensors`. */
export type Artifact = { signature: Signature; weights: Float32Array<ArrayBuffer> };

export const WEIGHTS_FILE = 'model.safetensors';

/** Larger files are refused before they are read: an artifact may come from anywhere. */
const MAX_WEIGHTS_BYTES = 2 ** 30;

/** Writes a version into a folder. The same version gives the same bytes. */
export async function writeArtifact(folder: string, { signature, weights }: Artifact): Promise<void> {
  await needingRoom(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeSignature(folder, signature);
    await writeFile(path.join(folder, WEIGHTS_FILE), writeSafetensors(namedTensors(signature, weights)));
  });
}

/**
 * Reads and checks a version: every field, and every weight that its network needs, neither more nor fewer.
 *
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT`
 */
export async function readArtifact(folder: string): Promise<Artifact> {
  const signature = await readSignature(folder);
  const bytes = await readWhole(folder, WEIGHTS_FILE, MAX_WEIGHTS_BYTES);
  let tensors: NamedTensor[];
  try {
    tensors = readSafetensors(bytes);
  } catch (error) {
    if (error instanceof NotSafetensors) throw corrupt(folder, WEIGHTS_FILE, error.message);
    throw error;
  }
  return { signature, weights: flatWeights(folder, signature, tensors) };
}

/** Only what the version is, without its weights. Throws `DL_ARTIFACT_CORRUPT`. */
export async function readSignature(folder: string): Promise<Signature> {
  const signature = await readSignatureFile(folder, signatureSchema);
  const { preprocessing, network, model } = signature;
  const inputs = encodedColumns(preprocessing).length;
  if (inputs !== network.inputs)
    throw corrupt(folder, SIGNATURE_FILE, `${inputs} encoded columns for ${network.inputs} inputs`);
  const labels = model.task.kind === 'classification' ? model.task.labels.length : null;
  if ((labels ?? 1) !== network.outputs) {
    const answers = labels === null ? 'one number' : `${labels} labels`;
    throw corrupt(folder, SIGNATURE_FILE, `${answers} for ${network.outputs} outputs`);
  }
  if ((model.task.kind === 'regression') !== (signature.target !== undefined))
    throw corrupt(folder, SIGNATURE_FILE, 'a regression, and nothing else, says what its numbers are');
  const strange = preprocessing.columns.find(({ name }) => !(name in model.input));
  if (strange) throw corrupt(folder, SIGNATURE_FILE, `column "${strange.name}" is not a feature`);
  return signature;
}

/** What answers instances with labels, out of what was read. Throws `DL_ARTIFACT_UNFIT` for a regression. */
export function trainedOf({ signature, weights }: Artifact): TrainedTabular {
  const { model, preprocessing, network, temperature } = signature;
  const { task } = model;
  if (task.kind !== 'classification')
    throw new DriftloopError('DL_ARTIFACT_UNFIT', `${model.name} answers numbers; here labels are needed.`, {
      fix: 'Ask it with "driftloop predict", or name a version that tells labels apart.',
    });
  return { model: { ...model, task }, preprocessing, network, temperature, weights };
}

/** What answers instances with numbers; null for a classification. */
export function regressorOf({ signature, weights }: Artifact): TrainedRegressor | null {
  const { model, preprocessing, network, target } = signature;
  const { task } = model;
  return task.kind === 'regression' && target !== undefined
    ? { model: { ...model, task }, preprocessing, network, target, weights }
    : null;
}

const tensorSpecs = ({ network }: Pick<Signature, 'network'>) =>
  layersOf(network).flatMap((layer, i) => [
    { name: `layers.${i}.kernel`, shape: [layer.inputs, layer.outputs], at: layer.kernelAt },
    { name: `layers.${i}.bias`, shape: [layer.outputs], at: layer.biasAt },
  ]);

const namedTensors = (signature: Signature, weights: Float32Array): NamedTensor[] =>
  tensorSpecs(signature).map(({ name, shape, at }) => ({
    name,
    shape,
    values: weights.subarray(at, at + shape.reduce((a, b) => a * b)),
  }));

function flatWeights(
  folder: string,
  signature: Signature,
  tensors: readonly NamedTensor[],
): Float32Array<ArrayBuffer> {
  const specs = tensorSpecs(signature);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const foreign = tensors.find(({ name }) => !specs.some((spec) => spec.name === name));
  if (foreign) throw corrupt(folder, WEIGHTS_FILE, `tensor "${foreign.name}" belongs to no layer`);
  // The file's own size bounds this: each spec has to be found in it before anything is set.
  for (const { name, shape } of specs) {
    const found = byName.get(name);
    if (found?.shape.join() !== shape.join())
      throw corrupt(
        folder,
        WEIGHTS_FILE,
        found
          ? `"${name}" is [${found.shape.join(', ')}], not [${shape.join(', ')}]`
          : `"${name}" is missing`,
      );
    if (!found.values.every(Number.isFinite)) throw corrupt(folder, WEIGHTS_FILE, `"${name}" is not finite`);
  }
  const weights = new Float32Array(weightCount(signature.network));
  for (const { name, at } of specs) weights.set(byName.get(name)!.values, at);
  return weights;
}
