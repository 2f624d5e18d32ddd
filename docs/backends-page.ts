import { backendNames } from '../training/backend.ts';
import { backendTable, methodsFor, trainedTasks, whyNotTrained } from '../training/backend-table.ts';
import type { BackendRow } from '../training/backend-table.ts';

/** The reference page of what computes, from the table in `training/backend-table.ts`. */
export function backendsPage(): string {
  return [
    '# Backends',
    '',
    'What computes a training, best first. Made from the table in `training/backend-table.ts` by `npm run docs`. The first one of this machine that trains the task is taken, and said aloud; `DRIFTLOOP_BACKEND` names another. `driftloop doctor` says what is here. What a backend does not train is refused before anything runs (`DL_BACKEND_UNFIT`).',
    '',
    '| backend | what it is | numbers | limits |',
    '|---|---|---|---|',
    ...backendNames.map((name) => {
      const { title, numbers, limits } = backendTable[name];
      return `| \`${name}\` | ${title} | ${numbers} | ${limits} |`;
    }),
    '',
    '## What each trains',
    '',
    `| backend | ${trainedTasks.join(' | ')} |`,
    `|---|${trainedTasks.map(() => '---|').join('')}`,
    ...backendNames.map(
      (name) =>
        `| \`${name}\` | ${trainedTasks
          .map((task) => methodsFor[task].filter((method) => !whyNotTrained(name, { task, method })))
          .map((methods) => methods.join(', ') || 'no')
          .join(' | ')} |`,
    ),
    '',
    ...backendNames.flatMap((name) => reasons(name, backendTable[name])),
    '',
  ].join('\n');
}

const reasons = (name: string, { notTasks, notMethods }: BackendRow): string[] =>
  Object.entries({ ...notTasks, ...notMethods }).map(
    ([what, why]) => `- \`${name}\` does not train ${what}: ${why}.`,
  );
