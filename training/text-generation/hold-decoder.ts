import type { Tf } from '../backend.ts';
import { holdWhole, holdWithAdapter } from '../fine-tuning/held-network.ts';
import type { HeldNetwork } from '../fine-tuning/held-network.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { unsupportedBase } from '../models/unfit-base.ts';
import { belowLayer } from '../optimization/parameter-groups.ts';
import { disposeNetwork, loadQuantised } from '../quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import type { GeneratorMethod } from './settings.ts';

const head = { kind: 'next-token' } as const;

/**
 * A base that can write, as its training needs it: in 4 bits a number for QLoRA.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadDecoder(
  tf: Tf,
  folder: string,
  method: GeneratorMethod['kind'] = 'full',
): Promise<LoadedNetwork | QuantisedNetwork> {
  const load = method === 'qlora' ? loadQuantised : loadNetwork;
  const network = await load(tf, folder, head, { seed: 0 });
  if (network.fresh.length === 0) return network;
  disposeNetwork(tf, network);
  throw unsupportedBase(
    `no "${network.fresh[0]!}", without which it knows no words to write`,
    'Take a base that was trained to write',
  );
}

/** What of a base is trained, and how it is held meanwhile. */
export function holdDecoder(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  method: GeneratorMethod,
  seed: number,
): HeldNetwork {
  if (method.kind !== 'full') return holdWithAdapter(tf, network, head, { lora: method.lora, seed });
  const isFrozen = method.frozenLayers > 0 ? belowLayer(method.frozenLayers) : () => false;
  return holdWhole(tf, network, (name) => !isFrozen(name));
}
