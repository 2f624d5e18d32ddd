import type { Tf } from '../../../training/backend.ts';
import type { ModelConfig } from '../../../training/models/config.ts';
import type { Head } from '../../../training/models/heads.ts';
import { loadNetwork } from '../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../training/models/model-folder.ts';
import { plainWeights } from '../../../training/models/weights.ts';
import type { Weights } from '../../../training/models/weights.ts';

export type VectorNetwork<Config> = Omit<LoadedNetwork, 'config'> & { config: Config; weights: Weights };

/** Loads a network and frees it again; what `run` computes is its own to tidy. */
export async function withNetwork<Config extends ModelConfig>(
  tf: Tf,
  folder: string,
  head: Head,
  run: (network: VectorNetwork<Config>) => void | Promise<void>,
  from: { variant?: string; weights?: string } = {},
): Promise<void> {
  const loaded = await loadNetwork(tf, folder, head, { seed: 1, ...from });
  try {
    const weights = plainWeights(tf, loaded.parts, loaded.parameters);
    await run({ ...loaded, config: loaded.config as Config, weights });
  } finally {
    tf.dispose([...loaded.parameters.values()]);
  }
}

/** The same, where all that is done lies within one `tidy`. */
export const tidyNetwork = async <Config extends ModelConfig>(
  tf: Tf,
  folder: string,
  head: Head,
  run: (network: VectorNetwork<Config>) => void,
  from: { variant?: string; weights?: string } = {},
): Promise<void> =>
  await withNetwork<Config>(tf, folder, head, (network) => tf.tidy(() => run(network)), from);
