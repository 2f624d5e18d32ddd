import type { DriftReportAnswer } from '../drift/report-file.ts';
import type { DriftScoreAnswer } from '../drift/score.ts';
import type { Installation } from './installation.ts';

/** What has changed in production, since when, and how sure that is. Of files: `files.drift`. */
export const driftOf = ({ stores, admit }: Pick<Installation, 'stores' | 'admit'>) => ({
  /**
   * What moved and how the answers became worse, from the recorded history of a model, as a page.
   *
   * @param version default: the champion
   * @param reference so many first rows are what the others are compared with; default: a tenth
   * @throws DL_UNKNOWN_MODEL, DL_UNKNOWN_VERSION, DL_NO_CHAMPION, DL_TOO_FEW_ROWS, DL_FOLDER_NOT_EMPTY
   */
  async report(
    model: string,
    wish: { out: string; version?: string; reference?: number },
  ): Promise<DriftReportAnswer> {
    await admit({ right: 'view', model });
    const { modelReport } = await import('../drift/model-report.ts');
    return (await modelReport({ model, ...wish }, stores)).json;
  },

  /** What each monitor is worth on the recorded history, beside a clock. Throws DL_TOO_FEW_ROWS. */
  async score(model: string, { rows = 200_000 }: { rows?: number } = {}): Promise<DriftScoreAnswer> {
    await admit({ right: 'view', model });
    const { scoreDrift } = await import('../drift/score.ts');
    return (await scoreDrift(stores, model, rows)).json;
  },
});
