import { writeFile } from 'node:fs/promises';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

export type ExportOptions = { out: string; view?: string; limit: number };

/** `driftloop label export MODEL --out FILE`. */
export async function exportLabels(
  model: string,
  { out, view: viewAt, limit }: ExportOptions,
): Promise<Answer> {
  return withDriftloop(async ({ label }) => {
    const { tasks, view } = await label.export(model, { limit });
    await writeFile(out, `${JSON.stringify(tasks, null, 2)}\n`);
    if (viewAt !== undefined) await writeFile(viewAt, view);
    return {
      json: { model, tasks: tasks.length, out, view: viewAt ?? null },
      text:
        tasks.length === 0
          ? `Nothing waits in the queue of ${model}; ${out} has no tasks.`
          : `${said(tasks.length, 'task', 'tasks')} for Label Studio in ${out}.${
              viewAt === undefined ? '' : ` Its labelling interface is ${viewAt}.`
            }`,
      next: `driftloop label import ${model} FILE   (what Label Studio exports as JSON)`,
    };
  });
}

/** `driftloop label import MODEL FILE`. */
export async function importLabels(model: string, file: string): Promise<Answer> {
  return withDriftloop(async ({ label }) => {
    const imported = await label.import(model, file);
    const { by, taken, known, gone, unanswered, differing } = imported;
    return {
      json: imported,
      text: [
        `${said(taken, 'label is', 'labels are')} taken as feedback of ${by}.`,
        ...(known === 0 ? [] : [`${said(known, 'was', 'were')} here already.`]),
        ...(gone === 0
          ? []
          : [
              `${said(gone, 'is', 'are')} left out: the prediction is gone, or it is held out and was not drawn, so that its label could bias a test.`,
            ]),
        ...(unanswered === 0 ? [] : [`${said(unanswered, 'task has', 'tasks have')} no answer.`]),
        ...(differing === 0
          ? []
          : [
              `Of ${said(differing, 'task', 'tasks')} several people said different things; the newest word counts.`,
            ]),
      ].join(' '),
      next: `driftloop label export ${model} --out tasks.json`,
    };
  });
}

const said = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
