import { sayKept } from './kept.ts';
import type { TrainingReport } from './ports.ts';
import { sayWinner } from './search-report.ts';

/** What the story of a run says of a training that is done. */
export function sayTraining(version: string, report: TrainingReport): string {
  const { steps, seconds, backend, resumedAtStep, kept, search } = report;
  const resumed = resumedAtStep === null ? '' : `, resumed at step ${resumedAtStep}`;
  return [
    `${version} is trained: ${steps} steps in ${seconds.toFixed(1)} s on ${backend}${resumed}.`,
    ...(search ? [sayWinner(search)] : []),
    ...(kept ? [sayKept(kept)] : []),
    'It has to prove itself on rows that it has not seen.',
  ].join(' ');
}
