import { DriftloopError } from '../../../domain/errors.ts';
import { featureNameOf } from '../../data/cells.ts';
import { modelNameFrom } from '../../data/infer-config.ts';
import { checkColumns, firstNames } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import type { Declared } from '../declared-model.ts';
import type { DataOptions, Described } from '../offline-task.ts';
import { MESSAGES, PAIR, USUAL } from './conversations.ts';

/** The model that a file of prompts and answers, of conversations or of preferences suggests. */
export async function describeGeneration(
  { train, label, time, ignore = [] }: DataOptions,
  declared: Declared | null,
): Promise<Described> {
  if (declared !== null && declared.model.task.kind !== 'generation')
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `${declared.model.name} in ${declared.file} is a ${declared.model.task.kind}; prompts are answered by what writes.`,
      { fix: 'Declare task: generation() and input: { prompt: text() }, or leave out --task.' },
    );
  const names = await firstNames(train);
  checkColumns(train, names, [
    ...(label === undefined ? [] : [label]),
    ...(time === undefined ? [] : [time]),
  ]);
  const { prompt, columns, note } = formOf(
    train,
    names.filter((name) => name !== time && !ignore.includes(name)),
    { label, declared: declared && Object.keys(declared.model.input)[0]! },
  );

  const used = [prompt, columns.label, columns.rejected, time];
  return {
    model: {
      name: declared?.model.name ?? modelNameFrom(train),
      task: { kind: 'generation' },
      input: declared?.model.input ?? { [featureNameOf(prompt)]: { kind: 'text' } },
    },
    columns: { ...columns, ...(time === undefined ? {} : { time }), ignore },
    leftOut: names
      .filter((name) => !used.includes(name))
      .map((column) => ({
        column,
        because: ignore.includes(column) ? 'it was asked for' : 'nothing is written from it',
      })),
    notes: [
      ...(declared ? [`Name and settings are those of ${declared.model.name} in ${declared.file}.`] : []),
      note,
    ],
  };
}

type Form = { prompt: string; columns: Columns; note: string };

/** @param declared the column of prompts that a config names; conversations carry theirs within */
function formOf(
  file: string,
  names: readonly string[],
  { label, declared }: { label: string | undefined; declared: string | null },
): Form {
  if (names.includes(MESSAGES) && (label ?? MESSAGES) === MESSAGES)
    return {
      prompt: MESSAGES,
      columns: { label: MESSAGES },
      note: 'Rows are conversations: every answer of the assistant is learnt, and the last one is tested.',
    };
  if (label === undefined && names.includes(PAIR.chosen) && names.includes(PAIR.rejected))
    return {
      prompt: promptAmong(file, names, { others: [PAIR.chosen, PAIR.rejected], declared }),
      columns: { label: PAIR.chosen, rejected: PAIR.rejected },
      note: `Rows are preferences: what is in "${PAIR.chosen}" shall become likelier than what is in "${PAIR.rejected}" (DPO).`,
    };
  const answer = label ?? USUAL.answer;
  if (!names.includes(answer))
    throw new DriftloopError('DL_LABEL_UNNAMED', `Nothing says which column of ${file} is the answer.`, {
      fix: `Name it with --label COLUMN; the columns are ${names.join(', ')}.`,
    });
  const prompt = promptAmong(file, names, { others: [answer], declared });
  return {
    prompt,
    columns: { label: answer },
    note: `Prompts are those of column "${prompt}"; what stands in "${answer}" is learnt as their answer.`,
  };
}

/** The column that a config names, else the one of the usual name, else the only one that is left. */
function promptAmong(
  file: string,
  names: readonly string[],
  { others, declared }: { others: readonly string[]; declared: string | null },
): string {
  if (declared !== null) {
    const named = names.find((name) => featureNameOf(name) === declared);
    if (named === undefined) checkColumns(file, names, [declared]);
    return named!;
  }
  if (names.includes(USUAL.prompt)) return USUAL.prompt;
  const rest = names.filter((name) => !others.includes(name));
  if (rest.length === 1) return rest[0]!;
  throw new DriftloopError('DL_OPTION_MISSING', `Nothing says which column of ${file} is the prompt.`, {
    fix: `Call it "${USUAL.prompt}"${rest.length === 0 ? '' : `, or leave the others out with --ignore; they are ${rest.join(', ')}`}.`,
  });
}
