import { textOfLabels } from '../../domain/answer-text.ts';
import type { InputRow } from '../../domain/input.ts';
import { number, text } from '../../domain/input.ts';
import type { AnyOutput } from '../../domain/task.ts';
import { generation, multiLabel, regression } from '../../domain/task.ts';
import { random } from '../../training/random.ts';
import { colourRows } from './colours.ts';
import { questionRows, questions } from './question-model.ts';

/** Worlds of the tasks that tell no labels apart: what is right, before and after it has changed. */

export type TaskRow = { input: InputRow; label: string };

/** Rent of a flat: so much a square metre, and a bit more or less. */
export const rent = {
  task: regression({ tolerance: 60 }),
  input: { size: number() },
  nothing: { value: 0 } satisfies AnyOutput,
  rows(count: number, seed: number, perMetre = 10): TaskRow[] {
    const chance = random(seed);
    return Array.from({ length: count }, () => {
      const size = Math.round(20 + 80 * chance.uniform());
      return { input: { size }, label: String(perMetre * size + 20 * (chance.uniform() - 0.5)) };
    });
  },
};

/** Whose a question is, and whether it is urgent; after the change nobody is asked for what was urgent. */
export const topics = {
  task: multiLabel({ labels: [...questions.task.labels, 'urgent'] }),
  input: questions.input,
  nothing: { labels: [], scores: {} } satisfies AnyOutput,
  rows: (count: number, seed: number, turn = 0): TaskRow[] =>
    questionRows(count, seed, turn).map(({ input, label }) => ({
      input,
      label: textOfLabels(topics.task, /today/.test(input.question) ? [label, 'urgent'] : [label])!,
    })),
};

/** The colours of things; after the change each is another's. */
export const chat = {
  task: generation(),
  input: { prompt: text() },
  nothing: { text: '' } satisfies AnyOutput,
  rows: (turn = 0): TaskRow[] =>
    colourRows.map(({ prompt }, i) => ({
      input: { prompt },
      label: colourRows[(i + turn) % colourRows.length]!.answer,
    })),
};
