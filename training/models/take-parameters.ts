import { belongsToHead, canonicalName } from './checkpoint-names.ts';
import type { ModelConfig } from './config.ts';
import { parameterShapes } from './parts.ts';
import type { ParameterShape, Parts } from './parts.ts';
import { invalidBase } from './unfit-base.ts';
import type { CheckpointTensor } from './weights-files.ts';

/**
 * Gives each tensor of a checkpoint to the parameter that it is of, one after the other, so that none has to be held
 * longer than it takes to place it.
 *
 * Strict: each tensor has to belong somewhere and to have its shape, each parameter of the trunk has to come, and only
 * once. A head is what a new task may begin anew: one that is missing, or made for other classes, is not placed.
 *
 * @param place called with a tensor of floats and the name that the network asks for
 * @returns the parameters that the checkpoint has not got, all of heads
 * @throws {DriftloopError} `DL_BASE_INVALID`
 */
export async function takeParameters(
  config: ModelConfig,
  parts: { trunk: Parts; head: Parts },
  checkpoint: AsyncIterable<CheckpointTensor>,
  place: (name: string, tensor: CheckpointTensor) => Promise<void>,
): Promise<ParameterShape[]> {
  const trunk = new Map(parameterShapes(parts.trunk).map((one) => [one.name, one]));
  const head = new Map(parameterShapes(parts.head).map((one) => [one.name, one]));
  const placed = new Set<string>();
  for await (const tensor of checkpoint) {
    const { name: stored, shape, isFloats } = tensor;
    const name = canonicalName(config.kind, stored);
    if (name === null) continue;
    const wanted = trunk.get(name) ?? head.get(name);
    if (!wanted && belongsToHead(name)) continue;
    if (!wanted) throw invalidBase(`its tensor "${stored}" belongs to no part of a ${config.kind}`);
    if (shape.join() !== wanted.shape.join()) {
      if (head.has(name)) continue;
      throw invalidBase(
        `its tensor "${stored}" is [${shape.join(', ')}], not [${wanted.shape.join(', ')}] as config.json says`,
      );
    }
    if (placed.has(name)) throw invalidBase(`it has "${name}" twice`);
    if (!isFloats) throw invalidBase(`its tensor "${stored}" is not made of floats`);
    placed.add(name);
    await place(name, tensor);
  }
  const missing = [...trunk.keys()].find((name) => !placed.has(name));
  if (missing) throw invalidBase(`its weights lack "${missing}"`);
  return [...head.values()].filter(({ name }) => !placed.has(name));
}
