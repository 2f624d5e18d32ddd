import { createHash } from 'node:crypto';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Parameters } from './parameters.ts';

/** Parameters of open versions, each held once however many versions have it. */
export type TensorPool = {
  /**
   * Takes over the parameters of a version that is only asked. Each that another one has too, to the last bit, is freed,
   * and theirs stands for it: versions that went on from one base share what they have not trained.
   *
   * @returns the same numbers by the same names; `release` frees those that nobody else has
   */
  share(parameters: Parameters): Promise<{ parameters: Parameters; release(): void }>;
};

export function createTensorPool(): TensorPool {
  const held = new Map<string, { variable: Variable; users: number }>();

  function take(key: string, variable: Variable): Variable {
    const known = held.get(key);
    if (known === undefined) {
      held.set(key, { variable, users: 1 });
      return variable;
    }
    variable.dispose();
    known.users += 1;
    return known.variable;
  }

  function letGo(key: string): void {
    const known = held.get(key)!;
    known.users -= 1;
    if (known.users > 0) return;
    held.delete(key);
    known.variable.dispose();
  }

  return {
    async share(parameters) {
      const keys: string[] = [];
      const shared = new Map<string, Variable>();
      for (const [name, variable] of parameters) {
        const key = await digestOf(variable);
        keys.push(key);
        shared.set(name, take(key, variable));
      }
      return { parameters: shared, release: () => keys.forEach(letGo) };
    },
  };
}

async function digestOf(tensor: Tensor): Promise<string> {
  const values = await tensor.data<'float32'>();
  return createHash('sha256')
    .update(`${tensor.shape.join()}:`)
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('base64');
}
