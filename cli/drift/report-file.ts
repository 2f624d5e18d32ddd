import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderDriftReport } from '../../console/drift-report/render-drift-report.tsx';
import type { DriftReportData } from '../../console/drift-report/drift-report-data.ts';
import { advice, lede } from '../../console/drift-report/drift-sentences.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';

/** Where the page would stand: nothing is ever written over, and what cannot be written is said before any work. */
export async function refuseReportFile(out: string): Promise<void> {
  if ((await stat(out).catch(() => null)) !== null)
    throw new DriftloopError('DL_FOLDER_NOT_EMPTY', `${out} is there already.`, {
      fix: 'Name a file that is not there yet: --out FILE.html.',
    });
  const folder = path.dirname(path.resolve(out));
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is no folder');
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new DriftloopError(
      'DL_FOLDER_UNUSABLE',
      `Nothing can be written to ${folder}: ${(cause as Error).message}.`,
      { fix: 'Make the folder, or name a file in one that you may write to: --out FILE.html.', cause },
    );
  }
}

/** What the page tells, and where it is. */
export type DriftReportAnswer = DriftReportData & { out: string };

export async function writeReport(report: DriftReportData, out: string): Promise<Answer<DriftReportAnswer>> {
  await writeFile(out, await renderDriftReport(report));
  return {
    json: { ...report, out },
    text: `${lede(report)}\n${advice(report)}\nThe report is in ${out}.`,
  };
}
