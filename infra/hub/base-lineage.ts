import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, sha256OfFile } from '../artifacts/digest.ts';

/** A base on this machine. */
export type TakenBase = {
  folder: string;
  /** `hf:owner/name@commit` of one from the Hub; null for a folder. */
  hubName: string | null;
};

/** What a version says of the base that it was made from: its name, and the digest of its weights. */
export async function baseLineage({ folder, hubName }: TakenBase): Promise<Record<string, string>> {
  const weights = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.safetensors'));
  const hashed = [];
  for (const file of weights)
    hashed.push({ path: file, sha256: await sha256OfFile(path.join(folder, file)) });
  return {
    ...(hubName === null ? {} : { base: hubName }),
    ...(hashed.length === 0 ? {} : { baseWeights: digestOf(hashed) }),
  };
}
