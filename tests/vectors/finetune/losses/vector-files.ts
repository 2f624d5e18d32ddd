import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { shared, sharedFolder } from '../../../support/shared-data.ts';

export const lossesFolder = 'vectors/finetune/losses';

/** A file of reference losses, parsed. Only called inside tests that `needsShared` lets run. */
export const readLosses = (file: string): unknown =>
  JSON.parse(readFileSync(shared(path.join(lossesFolder, file)), 'utf8'));

/** Every file of the folder; none without it. */
export const lossFiles = (): string[] =>
  sharedFolder === null ? [] : readdirSync(shared(lossesFolder)).sort();
