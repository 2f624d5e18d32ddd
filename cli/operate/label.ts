import { readFile } from 'node:fs/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { labelStudioTasks, labelStudioView, readLabelStudio } from '../../domain/label-studio.ts';
import type { LabelStudioTask } from '../../domain/label-studio.ts';
import type { Person } from '../../domain/person.ts';
import type { Taken, TeachAnswer, TeachStore } from '../../domain/teach.ts';
import type { Installation } from './installation.ts';

/** What came of a file: labels that are taken, here already, or left out; tasks without an answer, and with several. */
export type Imported = Readonly<{
  model: string;
  by: string;
  taken: number;
  known: number;
  gone: number;
  unanswered: number;
  differing: number;
}>;

/** The queue of rows that people are asked about, for Label Studio. */
export const labelsOf = ({ stores, admit }: Installation) => ({
  /** What waits, the most useful first, as tasks, and the labelling interface that fits them. */
  async export(
    model: string,
    { limit = 500 }: { limit?: number } = {},
  ): Promise<{ tasks: LabelStudioTask[]; view: string }> {
    const person = await admit({ right: 'teach', model });
    const { config } = await stores.models.get(model);
    const rows = await stores.teach.queue(model, person.name, limit);
    return { tasks: labelStudioTasks(config, rows), view: labelStudioView(config) };
  },

  /** Takes what people have answered there. The same file again changes nothing. Throws DL_LABELS_UNREADABLE. */
  async import(model: string, file: string): Promise<Imported> {
    const person = await admit({ right: 'teach', model });
    const { config } = await stores.models.get(model);
    const { answers, unanswered, differing } = readLabelStudio(config, await readJson(file), Date.now());
    const said = await takeAll(stores.teach, model, person, answers);
    const count = (what: Taken) => said.filter((one) => one === what).length;
    const [taken, known, gone] = [count('taken'), count('known'), count('gone')];
    await stores.audit.append({
      action: 'import labels',
      by: person.name,
      via: person.via,
      model,
      subject: `${taken} labels`,
      details: { known, gone, unanswered, differing },
    });
    return { model, by: person.name, taken, known, gone, unanswered, differing };
  },
});

/** Answers of one transaction. */
const AT_ONCE = 500;

/** Rows that nobody had put into the queue are chosen by whoever imports them; what waits there keeps its reason. */
async function takeAll(
  teach: TeachStore,
  model: string,
  person: Person,
  answers: readonly TeachAnswer[],
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let from = 0; from < answers.length; from += AT_ONCE) {
    const some = answers.slice(from, from + AT_ONCE);
    const chosen = some.map(({ predictionId }) => ({
      predictionId,
      reason: 'chosen' as const,
      because: 'imported from Label Studio',
      worth: 0.5,
    }));
    await teach.enqueue(model, chosen, person.name);
    taken.push(...(await teach.answer(model, person, some)));
  }
  return taken;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(`${file} cannot be opened`, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${file} is no JSON`, cause);
  }
}

const unreadable = (problem: string, cause: unknown) =>
  new DriftloopError('DL_LABELS_UNREADABLE', `Labels cannot be read: ${problem}.`, {
    fix: 'Name the file that Label Studio wrote when it was asked to export as "JSON".',
    cause,
  });
