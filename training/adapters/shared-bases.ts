import path from 'node:path';
import type { Tf } from '../backend.ts';
import { headParts } from '../models/heads.ts';
import type { Head } from '../models/heads.ts';
import { loadNetwork, readBaseConfig } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { parameterShapes } from '../models/parts.ts';
import { disposeNetwork, loadQuantised } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { corrupt } from '../signature-file.ts';
import { disposeLora, readLoraBeside } from './adapter-folder.ts';
import { ADAPTER_FOLDER, baseBeside } from './over-base.ts';
import type { OverBase } from './over-base.ts';

type Network = LoadedNetwork | QuantisedNetwork;

/** What an adapter is over, to be asked; `dispose` frees what nobody else needs. */
export type OpenAdapted = { network: AdaptedNetwork; dispose(): void };

/** Bases under adapters, each held once however many versions are open over it. */
export type SharedBases = {
  /**
   * Opens a version that is an adapter. The first one over a base loads it, the last one that goes frees it; only what
   * the adapter has learnt is the version's own, and a head that tells labels apart.
   *
   * @param folder of the version; its base lies beside it
   * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_ADAPTER_UNFIT`,
   *   `DL_ARTIFACT_CORRUPT`
   */
  open(folder: string, over: OverBase, head: Head): Promise<OpenAdapted>;
};

export function createSharedBases(tf: Tf): SharedBases {
  const held = new Map<string, { loading: Promise<Network>; users: number }>();

  /** What of a base is the same under every adapter. */
  async function take(base: string, { packing }: OverBase, head: Head) {
    const key = [base, packing?.embeddings, head.kind].join(' ');
    const known = held.get(key) ?? { loading: loadShared(tf, base, packing, head), users: 0 };
    held.set(key, known);
    known.users += 1;
    /** @returns whether it was the last one */
    const leave = (): boolean => {
      known.users -= 1;
      if (known.users === 0) held.delete(key);
      return known.users === 0;
    };
    try {
      const shared = await known.loading;
      return {
        shared,
        release() {
          if (leave()) disposeNetwork(tf, shared);
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    async open(folder, over, head) {
      const base = baseBeside(folder, over);
      const { shared, release } = await take(base, over, head);
      const frees = [release];
      const dispose = () => frees.splice(0).forEach((free) => free());
      try {
        const own = head.kind === 'classes' ? await loadOwnHead(tf, base, head) : nothingOwn(shared);
        frees.push(() => tf.dispose([...own.parameters.values()]));
        const network = {
          ...shared,
          parts: own.parts,
          parameters: new Map([...shared.parameters, ...own.parameters]),
        };
        const { adapter, whole } = await readLoraBeside(tf, path.join(folder, ADAPTER_FOLDER), network);
        frees.push(() => (tf.dispose([...whole.values()]), disposeLora(tf, adapter)));
        const absent = [...shared.fresh, ...own.fresh].find((name) => !whole.has(name));
        if (absent !== undefined) throw corrupt(folder, ADAPTER_FOLDER, `"${absent}" is missing`);
        const parameters = new Map([...network.parameters, ...whole]);
        return { network: { ...network, parameters, fresh: [], adapter }, dispose };
      } catch (error) {
        dispose();
        throw error;
      }
    },
  };
}

/** A head for labels is small, and of as many labels as its version has; one that writes is the base's own. */
const isOwn = async (base: string, head: Head): Promise<(name: string) => boolean> => {
  if (head.kind === 'next-token') return () => false;
  const { config } = await readBaseConfig(base);
  const names = new Set(parameterShapes(headParts(config, head)).map(({ name }) => name));
  return (name) => names.has(name);
};

const seed = 0;

async function loadShared(tf: Tf, base: string, packing: OverBase['packing'], head: Head): Promise<Network> {
  const skips = await isOwn(base, head);
  return packing
    ? await loadQuantised(tf, base, head, { ...packing, seed, skips })
    : await loadNetwork(tf, base, head, { seed, skips });
}

async function loadOwnHead(tf: Tf, base: string, head: Head): Promise<LoadedNetwork> {
  const own = await isOwn(base, head);
  return await loadNetwork(tf, base, head, { seed, skips: (name) => !own(name) });
}

const nothingOwn = ({ parts }: Network): Pick<LoadedNetwork, 'parts' | 'parameters' | 'fresh'> => ({
  parts,
  parameters: new Map(),
  fresh: [],
});
