import type { Tf } from '../backend.ts';
import { inNetwork, isDrawnAnew } from '../adapters/lora.ts';
import { holdWhole, holdWithAdapter, ofHead } from '../fine-tuning/held-network.ts';
import type { AdapterHold, HeldNetwork } from '../fine-tuning/held-network.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { parameterCount } from '../models/parts.ts';
import { belowLayer } from '../optimization/parameter-groups.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import type { Classifier, Reader } from './classifier.ts';
import type { StageMethod } from './settings.ts';

/**
 * A network of Driftloop's own parts as a classifier, trained in its own memory.
 *
 * @param network for `qlora` one that was loaded in 4 bits a number, and stays so
 * @param keepsApart whether an adapter is settled beside it, rather than in it
 */
export function networkClassifier<Input>(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  classes: number,
  reader: Reader<Input>,
  keepsApart = false,
): Classifier<Input, LoadedNetwork | QuantisedNetwork | AdaptedNetwork> {
  return {
    totalParameters: parameterCount(network.parts),
    isNew: (name) => isDrawnAnew(name) || network.fresh.includes(inNetwork(name)),
    hold(method, seed) {
      const { trained, weights, settle, dispose } = holdNetwork(tf, network, classes, method, {
        seed,
        keepsApart,
      });
      return {
        trained,
        lengthOf: reader.lengthOf,
        logits: (inputs, chance) => reader.logits(weights(chance), inputs, chance),
        settle,
        dispose,
      };
    },
  };
}

function holdNetwork(
  tf: Tf,
  network: LoadedNetwork | QuantisedNetwork,
  classes: number,
  method: StageMethod,
  options: Pick<AdapterHold, 'seed' | 'keepsApart'>,
): HeldNetwork {
  const head = { kind: 'classes', classes } as const;
  switch (method.kind) {
    case 'full': {
      const isFrozen = method.frozenLayers > 0 ? belowLayer(method.frozenLayers) : () => false;
      return holdWhole(tf, network, (name) => !isFrozen(name));
    }
    case 'head':
      return holdWhole(tf, network, ofHead(network, head));
    case 'lora':
    case 'qlora':
      return holdWithAdapter(tf, network, head, { ...method, ...options });
    default:
      return method satisfies never;
  }
}
