import type { Tf } from '../backend.ts';
import { readParameters } from '../models/parameters.ts';
import type { Parameter } from '../optimization/parameter.ts';
import type { NamedTensor } from '../safetensors.ts';

/** Copies of what is trained, out of TensorFlow's memory. */
export const readTrained = (parameters: readonly Parameter[]): Promise<NamedTensor[]> =>
  readParameters(new Map(parameters.map(({ name, variable }) => [name, variable])));

/** Puts copies back. @throws where one is missing or has another shape */
export function writeTrained(tf: Tf, parameters: readonly Parameter[], values: readonly NamedTensor[]): void {
  const known = new Map(values.map((one) => [one.name, one]));
  for (const { name, variable } of parameters) {
    const found = known.get(name);
    if (found?.shape.join() !== variable.shape.join())
      throw new Error(`What was kept has no "${name}" of shape [${variable.shape.join(', ')}].`);
    tf.tidy(() => variable.assign(tf.tensor(found.values, variable.shape)));
  }
}
