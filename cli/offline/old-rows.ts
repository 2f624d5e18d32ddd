import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { sha256OfFile } from '../../infra/artifacts/digest.ts';
import { SIGNATURE_FILE } from '../../training/signature-file.ts';
import { rarestLabel } from '../../training/rarest-label.ts';
import { splitValidation } from '../../training/split-validation.ts';
import { inspectRows } from './inspect-rows.ts';
import type { CommonSettings, Described, Example, OfflineTask } from './offline-task.ts';

/** Files of rows of what a base was trained on. */
export type OldFiles = { keep?: string; golden?: string };

export type OldRows<Input> = {
  /** They are learnt from again. */
  rehearse: Example<Input>[];
  /** They only measure what is kept. */
  golden: Example<Input>[];
  /** Where these come from: `the rows that validated the base`. */
  goldenAre: string;
};

/** Without a base there is nothing that could be kept. Throws DL_OPTION_MISSING. */
export function refuseKeepingNothing({ keep, golden }: OldFiles, base: string | null): void {
  if (base !== null || (keep ?? golden) === undefined) return;
  throw new DriftloopError(
    'DL_OPTION_MISSING',
    `${keep === undefined ? '--golden' : '--keep'} keeps what a base knows, and no base is named.`,
    { fix: 'Name the version that was trained on these rows: --base DIR.' },
  );
}

/** Of the rows that measure, where they have to be taken from those to keep. */
const GOLDEN_SHARE = 0.1;
const SEED = 1;

/**
 * Reads old rows, to rehearse and to measure by. Without a file for the latter they are, where the file to keep is the
 * one that the base was trained on, the rows that validated it: of rows that it has learnt it knows too much. Else some
 * are drawn from each label.
 */
export async function readOldRows<Input, Settings extends CommonSettings>(
  task: Pick<OfflineTask<Input, Settings>, 'read' | 'columnsOf'>,
  described: Described,
  { keep, golden }: OldFiles,
  base: string,
): Promise<OldRows<Input> | null> {
  const rows = keep === undefined ? [] : await task.read(keep, described);
  if (golden !== undefined)
    return {
      rehearse: rows,
      golden: await task.read(golden, described),
      goldenAre: `those of ${path.basename(golden)}`,
    };
  if (keep === undefined) return null;
  const validated = await splitOfBase(base, keep, described);
  // As they were cleaned when the base was trained, so that the same ones are drawn.
  const { kept: clean } = inspectRows(task, described, { train: rows, test: [] });
  const { train: rehearse, validation } = splitValidation(clean, {
    ...(validated ?? { share: GOLDEN_SHARE, seed: SEED }),
    labelOf: rarestLabel(clean),
  });
  const goldenAre = validated
    ? `the rows of ${path.basename(keep)} that validated the base`
    : `drawn from ${path.basename(keep)}, which the base may have learnt from`;
  return { rehearse, golden: validation, goldenAre };
}

/** How the base was validated, where it is Driftloop's own and was trained on this very file. */
async function splitOfBase(
  base: string,
  file: string,
  { columns }: Described,
): Promise<{ share: number; seed: number } | null> {
  const text = await readFile(path.join(base, SIGNATURE_FILE), 'utf8').catch(() => null);
  if (text === null) return null;
  const { lineage = {} } = JSON.parse(text) as { lineage?: Record<string, string> };
  const { trainSha256, validationShare, seed, label, time } = lineage;
  if (validationShare === undefined || seed === undefined) return null;
  if (label !== columns.label || time !== columns.time || trainSha256 !== (await sha256OfFile(file)))
    return null;
  return { share: Number(validationShare), seed: Number(seed) };
}
