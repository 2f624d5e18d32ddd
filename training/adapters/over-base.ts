import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { nullWhereMissing } from '../models/weights-files.ts';
import { isQuantised } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { corrupt, SIGNATURE_FILE } from '../signature-file.ts';

/** Where an adapter lies in the folder of its version; PEFT opens it beside the base. */
export const ADAPTER_FOLDER = 'adapter';

/**
 * What a version is an adapter over: another artifact, by its digest, which the digest and the signature of the version
 * so cover as well; and how that base is held, since an adapter answers for the numbers that it was trained beside.
 */
export const overBaseSchema = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of QLoRA: matrices in 4 bits a number. Null: floats. */
  packing: z.strictObject({ embeddings: z.enum(['int8', 'float']) }).nullable(),
});
export type OverBase = z.infer<typeof overBaseSchema>;

/** What an adapter beside this network is over. */
export const overBase = (
  network: LoadedNetwork | QuantisedNetwork | AdaptedNetwork,
  digest: string,
): OverBase => ({
  digest,
  packing: isQuantised(network) ? { embeddings: network.tables.size > 0 ? 'int8' : 'float' } : null,
});

const statedSchema = z.object({ over: overBaseSchema.optional() });

/**
 * What an artifact is an adapter over; null where it stands alone, or the folder is no artifact.
 *
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT` where it says so in a way that cannot be read
 */
export async function readOver(folder: string): Promise<OverBase | null> {
  const bytes = await readFile(path.join(folder, SIGNATURE_FILE)).catch(nullWhereMissing);
  if (bytes === null) return null;
  const parsed = statedSchema.safeParse(jsonIn(bytes.toString()));
  if (!parsed.success) throw corrupt(folder, SIGNATURE_FILE, 'it does not say which base it is over');
  return parsed.data.over ?? null;
}

/** The folder of the base: artifacts lie beside each other, each by the name of its digest. */
export const baseBeside = (folder: string, { digest }: OverBase): string =>
  path.join(path.dirname(path.resolve(folder)), digest);

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever reads the whole of it says so.
    return {};
  }
}
