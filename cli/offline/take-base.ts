import { readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { digestOf, sha256OfFile } from '../../infra/artifacts/digest.ts';
import { fetchBase } from '../../infra/hub/fetch-base.ts';
import { isHubName } from '../../infra/hub/hub-name.ts';
import { acceptBase } from '../../training/models/accept-base.ts';
import { fetchView } from './fetch-view.ts';

/** A base on this machine. */
export type TakenBase = {
  folder: string;
  /** `hf:owner/name@commit` of one from the Hub; null for a folder. */
  hubName: string | null;
};

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

/** What a version says of the base that it was made from: its name, and the digest of its weights. */
export async function baseLineage({ folder, hubName }: TakenBase): Promise<Record<string, string>> {
  const weights = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  const hashed = [];
  for (const file of weights)
    hashed.push({ path: file, sha256: await sha256OfFile(path.join(folder, file)) });
  return {
    ...(hubName === null ? {} : { base: hubName }),
    ...(hashed.length === 0 ? {} : { baseWeights: digestOf(hashed) }),
  };
}
