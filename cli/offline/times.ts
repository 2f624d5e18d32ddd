import { DriftloopError } from '../../domain/errors.ts';
import { isMissing, numberIn } from '../data/cells.ts';

/**
 * Numbers that grow with the times in a column: numbers as they are, or dates as milliseconds.
 *
 * @throws DL_DATA_UNREADABLE for the first cell that is no time
 */
export function timesOf(
  file: string,
  column: string,
  rows: readonly { time: string | null; line: number }[],
): number[] {
  const isNumeric = rows.every(({ time }) => numberIn(time ?? '') !== undefined);
  return rows.map(({ time, line }) => {
    const text = time ?? '';
    const at = isNumeric ? Number(text) : isMissing(text) ? Number.NaN : Date.parse(text);
    if (Number.isFinite(at)) return at;
    throw new DriftloopError(
      'DL_DATA_UNREADABLE',
      `${file}, line ${line}: "${text}" in column "${column}" is no time.`,
      {
        fix: 'Write every time as a number or as 2026-01-31T12:00:00Z, or leave out --time.',
      },
    );
  });
}
