import type { NamedTensor, TensorValues } from '../safetensors.ts';
import { NotACheckpoint } from './not-a-checkpoint.ts';

type Constructor<T> = abstract new (...given: never[]) => T;

/** The tensors of a checkpoint, each asked for by its name and its kind. */
export class KeptTensors {
  readonly #named: ReadonlyMap<string, NamedTensor<TensorValues>>;

  constructor(tensors: readonly NamedTensor<TensorValues>[]) {
    this.#named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  /** Throws `NotACheckpoint` where it is missing, or of none of these kinds. */
  values<Kind extends TensorValues>(name: string, ...kinds: Constructor<Kind>[]): Kind {
    const values = this.#named.get(name)?.values;
    for (const kind of kinds) if (values instanceof kind) return values;
    throw new NotACheckpoint(`it lacks "${name}"`);
  }

  /** The same, as if there were no others than those whose names begin so, under the rest of their names. */
  within(prefix: string): KeptTensors {
    return new KeptTensors(
      [...this.#named.values()]
        .filter(({ name }) => name.startsWith(prefix))
        .map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length) })),
    );
  }

  /** All whose names begin so, under the rest of their names. */
  under(prefix: string): NamedTensor[] {
    return [...this.#named.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, shape }) => ({
        name: name.slice(prefix.length),
        shape,
        values: Float32Array.from(this.values(name, Float32Array)),
      }));
  }
}

/** A list of numbers as a tensor. */
export const flat = (name: string, values: TensorValues): NamedTensor<TensorValues> => ({
  name,
  shape: [values.length],
  values,
});
