import { wilson } from '../statistics/proportions.ts';
import type { Estimate } from './evaluate.ts';

/** How one label does among rows. */
export type LabelReport = Readonly<{
  label: string;
  /** Rows that carry it, and rows that were answered with it. */
  rows: number;
  answered: number;
  /** Of the rows answered so, how many are; null where none was. */
  precision: Estimate | null;
  /** Of the rows that are, how many were found; null where there is none. */
  recall: Estimate | null;
  f1: number;
}>;

/** @param hits rows that carry the label and were answered with it */
export const labelReport = ({
  label,
  rows,
  answered,
  hits,
}: Pick<LabelReport, 'label' | 'rows' | 'answered'> & { hits: number }): LabelReport => ({
  label,
  rows,
  answered,
  precision: answered === 0 ? null : shareOf(hits, answered),
  recall: rows === 0 ? null : shareOf(hits, rows),
  f1: rows + answered === 0 ? 0 : (2 * hits) / (rows + answered),
});

/** A share of so many, with Wilson's interval. */
export const shareOf = (right: number, of: number): Estimate => ({
  estimate: right / of,
  ...wilson(right, of),
});
