import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { nullWhereMissing, parseJson } from '../models/weights-files.ts';

/** How bytes become numbers, in the words of transformers. */
export const PREPROCESSOR_FILE = 'preprocessor_config.json';

/** What a folder says of how pixels are scaled; null where it says nothing. Throws `DL_BASE_INVALID`. */
export async function readPreprocessor(folder: string): Promise<unknown> {
  const bytes = await readFile(path.join(folder, PREPROCESSOR_FILE)).catch(nullWhereMissing);
  return bytes && parseJson(PREPROCESSOR_FILE, bytes);
}
