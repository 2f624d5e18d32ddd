import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_FILE } from './model-folder.ts';
import { problemTypeOf } from './problem-type.ts';
import type { ProblemType } from './problem-type.ts';
import { labelsOfBase } from './relabel-head.ts';
import { nullWhereMissing, parseJson } from './weights-files.ts';

/** What a base knows of labels. */
export type BaseLabels = {
  /** Those that another training goes on with. */
  labels: string[];
  /** How many are left behind: learnt as one for each row where there may now be many, or the other way round. */
  otherwise: number;
};

/** The labels that a base in a folder knows; none where its config names none. Throws `DL_BASE_INVALID`. */
export async function labelsOfBaseFolder(folder: string, problem: ProblemType): Promise<BaseLabels> {
  const bytes = await readFile(path.join(folder, CONFIG_FILE)).catch(nullWhereMissing);
  const json = bytes ? parseJson(CONFIG_FILE, bytes) : null;
  const labels = labelsOfBase(json);
  return problemTypeOf(json) === problem
    ? { labels, otherwise: 0 }
    : { labels: [], otherwise: labels.length };
}
