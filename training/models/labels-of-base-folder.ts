import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_FILE } from './model-folder.ts';
import { labelsOfBase } from './relabel-head.ts';
import { nullWhereMissing, parseJson } from './weights-files.ts';

/** The labels that a base in a folder tells apart; none where its config names none. Throws `DL_BASE_INVALID`. */
export async function labelsOfBaseFolder(folder: string): Promise<string[]> {
  const bytes = await readFile(path.join(folder, CONFIG_FILE)).catch(nullWhereMissing);
  return bytes ? labelsOfBase(parseJson(CONFIG_FILE, bytes)) : [];
}
