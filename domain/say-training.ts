import { count } from './count.ts';
import { sayKept } from './kept.ts';
import type { TrainingReport } from './ports.ts';
import { sayWinner } from './search-report.ts';

/** New labels before the first look of the gate: with fewer nothing could be said. */
export const LABELS_BEFORE_FIRST_LOOK = 25;

/** What the story of a run says of a training that is done. */
export function sayTraining(version: string, report: TrainingReport): string {
  const { steps, seconds, backend, resumedAtStep, kept, search } = report;
  const resumed = resumedAtStep === null ? '' : `, resumed at step ${count(resumedAtStep)}`;
  return [
    `${version} is trained: ${count(steps)} steps in ${seconds.toFixed(1)} s on ${backend}${resumed}.`,
    ...(search ? [sayWinner(search)] : []),
    ...(kept ? [sayKept(kept)] : []),
    `It has to prove itself on rows that it has not seen: the gate looks once ${LABELS_BEFORE_FIRST_LOOK} new labels have come.`,
  ].join(' ');
}
