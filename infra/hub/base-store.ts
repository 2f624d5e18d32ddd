import type { BaseStore } from '../../domain/ports.ts';
import { acceptBase } from '../../training/models/accept-base.ts';
import { baseLineage } from './base-lineage.ts';
import { fetchBase } from './fetch-base.ts';
import { isHubName } from './hub-name.ts';

/** Bases in folders, and on the Hugging Face Hub, from where they are fetched into the cache of this machine. */
export const createBaseStore = (): BaseStore => ({
  async open(name) {
    if (!isHubName(name))
      return { folder: name, lineage: await baseLineage({ folder: name, hubName: null }) };
    const fetched = await fetchBase(name, { accept: acceptBase });
    return {
      folder: fetched.folder,
      lineage: await baseLineage({ folder: fetched.folder, hubName: fetched.name }),
    };
  },
});
