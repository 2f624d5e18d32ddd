import { count } from '../../domain/count.ts';
import type { Prepared } from './describe-run.ts';
import type { Described, Trained } from './offline-task.ts';

/** What a training is about to learn from, said before it does. */
export function sayRows({
  files,
  described,
  train,
  validation,
  test,
  leakage,
  card,
  old,
}: Prepared<unknown>): string[] {
  return [
    `${count(train.length)} rows of ${files.train} train, ${count(validation.length)} validate ` +
      `(${sayValidation(described)}), ` +
      `${count(test.length)} of ${files.test} test, once, at the end.`,
    ...(old === null
      ? []
      : [
          `${count(old.rehearse.length)} old rows are there to rehearse, ${count(old.golden.length)} measure what is kept: ${old.goldenAre}.`,
        ]),
    ...described.notes,
    ...described.leftOut.map(({ column, because }) => `"${column}" is left out: ${because}.`),
    ...(leakage.shared.length === 0
      ? []
      : [
          `${count(leakage.shared.length)} test rows are training rows too; as many as rows like these meet by chance, or few.`,
        ]),
    ...card.notes,
  ];
}

/** How, and why so. */
export function saySettings({ settings }: Pick<Prepared<unknown>, 'settings'>): string[] {
  const width = Math.max(...settings.map(({ name }) => name.length));
  return settings.map(({ name, value, because }) => `  ${name.padEnd(width)}  ${value}: ${because}.`);
}

/** How the rows that validate are chosen. */
export function sayValidation({ model, columns }: Described): string {
  if (columns.entity !== undefined) return `whole ones by "${columns.entity}"`;
  if (columns.time !== undefined) return `the newest by "${columns.time}"`;
  return 'labels' in model.task ? 'drawn from each label' : 'drawn by the seed';
}

/** How it went, and what a person should know of what came out. */
export const sayTrained = ({ steps, seconds, backend, bestEpoch, epochs, notes }: Trained): string[] => [
  `Trained: ${count(steps)} steps in ${seconds.toFixed(1)} s on ${backend}; epoch ${bestEpoch} of ${epochs} is kept.`,
  ...notes,
];
