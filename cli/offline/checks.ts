import { createHash } from 'node:crypto';
import { DriftloopError } from '../../domain/errors.ts';
import { findLeakage, isLeak } from '../../training/leakage.ts';
import type { Leakage } from '../../training/leakage.ts';
import type { Example } from './offline-task.ts';

/** Fewer training rows than that cannot train and validate. */
const LEAST_ROWS = 20;
const LINES_NAMED = 5;

/** Rows of which something can be learnt. Throws DL_TOO_FEW_ROWS, DL_LABELS_UNSUITABLE. */
export function refuseUnteachable(file: string, label: string, rows: readonly Example<unknown>[]): void {
  if (rows.length < LEAST_ROWS)
    throw new DriftloopError(
      'DL_TOO_FEW_ROWS',
      `${file} has ${rows.length} rows; ${LEAST_ROWS} is the least to train on.`,
      { fix: 'Give a longer file.' },
    );
  const [first] = rows;
  if (rows.every((row) => row.label === first!.label))
    throw new DriftloopError(
      'DL_LABELS_UNSUITABLE',
      `Every row of ${file} has "${first!.label}" in column "${label}": there is nothing to tell apart.`,
      { fix: 'Give rows of at least two labels, or name another column with --label.' },
    );
}

/**
 * What the test file shares with the training file.
 *
 * @throws DL_TEST_LEAKED where that is more than a small share and more than chance explains
 */
export function checkLeakage(
  files: { train: string; test: string },
  train: readonly Example<unknown>[],
  test: readonly Example<unknown>[],
): Leakage {
  const leakage = findLeakage(train.map(rowText), test.map(rowText));
  if (!isLeak(leakage)) return leakage;
  const { shared } = leakage;
  const lines = shared.slice(0, LINES_NAMED).map((i) => test[i]!.line);
  throw new DriftloopError(
    'DL_TEST_LEAKED',
    `${shared.length} of the ${test.length} rows of ${files.test} are rows of ${files.train} too ` +
      `(line ${lines.join(', ')}${shared.length > lines.length ? ', …' : ''}), so that a test on them promises too much.`,
    { fix: 'Take them out of one of the two files.' },
  );
}

/** Equal for rows that a model cannot tell apart, label included. */
const rowText = ({ input, label }: Example<unknown>): string =>
  JSON.stringify([input instanceof Uint8Array ? digest(input) : input, label]);

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
