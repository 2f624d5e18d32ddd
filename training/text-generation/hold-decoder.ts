import type { Tf } from '../backend.ts';
import { holdWhole, holdWithAdapter } from '../fine-tuning/held-network.ts';
import type { HeldNetwork } from '../fine-tuning/held-network.ts';
import { checkpointIn } from '../fine-tuning/merged-checkpoint.ts';
import { loadNetwork } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { unsupportedBase } from '../models/unfit-base.ts';
import { belowLayer } from '../optimization/parameter-groups.ts';
import { disposeNetwork, loadQuantised } from '../quantisation/quantised-network.ts';
import type { Packing, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import type { GeneratorMethod } from './settings.ts';

const head = { kind: 'next-token' } as const;

/**
 * A base that can write.
 *
 * @param packing for QLoRA; null: in floats
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadDecoder(
  tf: Tf,
  folder: string,
  packing: Packing | null = null,
): Promise<LoadedNetwork | QuantisedNetwork> {
  const options = { seed: 0, ...(await checkpointIn(tf, folder, head)) };
  const network = packing
    ? await loadQuantised(tf, folder, head, { ...packing, ...options })
    : await loadNetwork(tf, folder, head, options);
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
  if (method.kind !== 'full') return holdWithAdapter(tf, network, head, { ...method, seed });
  const isFrozen = method.frozenLayers > 0 ? belowLayer(method.frozenLayers) : () => false;
  return holdWhole(tf, network, (name) => !isFrozen(name));
}
