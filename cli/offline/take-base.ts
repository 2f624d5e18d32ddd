import process from 'node:process';
import { fetchBase } from '../../infra/hub/fetch-base.ts';
import { isHubName } from '../../infra/hub/hub-name.ts';
import { acceptBase } from '../../training/models/accept-base.ts';
import type { TakenBase } from '../../infra/hub/base-lineage.ts';
import type { SaidSetting } from '../../training/search/say-settings.ts';
import { fetchView } from './fetch-view.ts';

/** A folder as it is; a name on the Hub as the folder that it was fetched to. Throws what `fetchBase` throws. */
export async function takeBase(base: string): Promise<TakenBase> {
  if (!isHubName(base)) return { folder: base, hubName: null };
  const { stderr } = process;
  const view = fetchView(stderr, base);
  try {
    const { folder, name, wasThere } = await fetchBase(base, {
      accept: acceptBase,
      onProgress: (progress) => view.show(progress),
      onWait: () => stderr.write(`Another process is fetching ${base}; waiting.\n`),
    });
    view.close();
    stderr.write(`${name} ${wasThere ? 'lies in the cache' : 'was fetched'}: ${folder}\n`);
    return { folder, hubName: name };
  } finally {
    view.close();
  }
}

/** Settings say a base by its name: where it lies in the cache tells nobody anything. */
export const byName = (settings: readonly SaidSetting[], base: TakenBase | null): SaidSetting[] =>
  settings.map((one) => (base?.hubName && one.value === base.folder ? { ...one, value: base.hubName } : one));
