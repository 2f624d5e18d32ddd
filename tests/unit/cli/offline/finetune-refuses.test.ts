import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { evaluate } from '../../../../cli/offline/evaluate.ts';
import { finetune } from '../../../../cli/offline/finetune.ts';
import type { FinetuneOptions } from '../../../../cli/offline/finetune.ts';
import { predict } from '../../../../cli/offline/predict.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const row = (i: number) => `${(i * 7_919) % 1_009},${['red', 'blue'][i % 2]},${i % 3 ? 'stay' : 'leave'}`;
const csv = (from: number, to: number, line = row) =>
  `x,colour,label\n${Array.from({ length: to - from }, (_, i) => line(from + i)).join('\n')}\n`;

/** Two good files in a folder of their own; a case makes one mistake. */
function given(change: Partial<FinetuneOptions> = {}, files: { train?: string; test?: string } = {}) {
  const folder = tempFolder();
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  return {
    folder,
    write,
    options: {
      train: write('train.csv', files.train ?? csv(0, 60)),
      test: write('test.csv', files.test ?? csv(60, 80)),
      out: path.join(folder, 'out'),
      ...change,
    },
  };
}
/** Rows of so many owners. */
const owned = (from: number, to: number, owners: number) =>
  `who,x,label\n${Array.from({ length: to - from }, (_, i) => `p${(from + i) % owners},${(from + i) * 7},${(from + i) % 3 ? 'stay' : 'leave'}`).join('\n')}\n`;
/** Two good files of texts. */
const texts = (change: Partial<FinetuneOptions>) => {
  const line = (i: number) =>
    JSON.stringify({ text: `${i} ${i % 2 ? 'hello' : 'bye'}`, label: i % 2 ? 'in' : 'out' });
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => line(from + i)).join('\n');
  return given(change, { train: lines(0, 60), test: lines(60, 80) });
};
/** Two good files of texts with any number of labels; a case writes the labels of the third row, or those of all, otherwise. */
const topics = (
  change: Partial<FinetuneOptions> = {},
  { third = ['in'], all }: { third?: unknown; all?: unknown } = {},
) => {
  const line = (i: number) =>
    JSON.stringify({
      text: `${i} ${i % 2 ? 'hello' : 'bye'}`,
      labels: all ?? (i === 2 || i === 62 ? third : i % 2 ? ['in', 'out'] : []),
    });
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => line(from + i)).join('\n');
  return given(change, { train: lines(0, 60), test: lines(60, 80) });
};
/** A folder that says it is a base which gives a row one label. */
function baseOfOneLabel(): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ id2label: { 0: 'in', 1: 'out' } }));
  return folder;
}
/** Two good files of prompts and answers. */
const writing = (change: Partial<FinetuneOptions>, answer = 'yes') => {
  const lines = (from: number) =>
    Array.from({ length: 30 }, (_, i) =>
      JSON.stringify({ prompt: `is it ${from + i}?`, answer: i === 7 ? answer : 'no' }),
    ).join('\n');
  return given(change, { train: lines(0), test: lines(30) });
};
const configOf = (models: object[]) => `export default ${JSON.stringify({ models })};\n`;
const model = (name: string) => ({
  name,
  task: { kind: 'classification', labels: ['stay', 'leave'] },
  input: { x: { kind: 'number' } },
});

const mistakes: [code: string, says: string, make: () => ReturnType<typeof given>['options']][] = [
  ['DL_DATA_MISSING', 'no file', () => given({ train: '/nowhere/train.csv' }).options],
  ['DL_DATA_MISSING', 'no file', () => given({ test: '/nowhere/test.csv' }).options],
  ['DL_DATA_EMPTY', 'no rows', () => given({}, { train: '' }).options],
  ['DL_DATA_EMPTY', 'no rows', () => given({}, { test: 'x,colour,label\n' }).options],
  ['DL_DATA_UNREADABLE', 'semicolons', () => given({}, { train: csv(0, 60).replaceAll(',', ';') }).options],
  ['DL_DATA_UNREADABLE', 'is no time', () => given({ time: 'colour' }).options],
  ['DL_COLUMN_MISSING', '"kind"', () => given({ label: 'kind' }).options],
  ['DL_COLUMN_MISSING', '"colour"', () => given({}, { test: 'x,label\n1,stay\n' }).options],
  ['DL_LABEL_UNNAMED', 'which column', () => given({}, { train: csv(0, 60).replace('label', 'y') }).options],
  [
    'DL_LABELS_UNSUITABLE',
    'one value only',
    () => given({}, { train: csv(0, 60, (i) => `${i % 7},a,stay`) }).options,
  ],
  [
    'DL_LABELS_UNSUITABLE',
    'is empty in',
    () => given({}, { train: csv(0, 60, (i) => `${i % 7},a,${i % 2 ? 'b' : ''}`) }).options,
  ],
  ['DL_UNKNOWN_LABEL', '"gone"', () => given({}, { test: 'x,colour,label\n1,red,gone\n' }).options],
  ['DL_NOT_A_NUMBER', '"many"', () => given({}, { test: 'x,colour,label\nmany,red,stay\n' }).options],
  [
    'DL_NO_FEATURES',
    'counts the rows',
    () => given({}, { train: csv(0, 60, (i) => `${i},,${i % 2 ? 'b' : 'c'}`) }).options,
  ],
  ['DL_TOO_FEW_ROWS', '19 rows', () => given({}, { train: csv(0, 19) }).options],
  ['DL_TEST_LEAKED', '10 of the 20', () => given({}, { test: csv(50, 70) }).options],
  ['DL_TASK_UNFIT', '"lora"', () => given({ method: 'lora' }).options],
  ['DL_TASK_UNFIT', 'hf:a/b', () => given({ base: 'hf:a/b' }).options],
  ['DL_TASK_UNFIT', 'goes on from a base', () => writing({}).options],
  ['DL_TASK_UNFIT', 'its head is the base', () => writing({ base: './anywhere', method: 'head' }).options],
  ['DL_CONVERSATION_UNFIT', '"answer" is empty', () => writing({ base: './anywhere' }, '').options],
  ['DL_DATA_UNREADABLE', 'line 3: "labels" is a single value', () => topics({}, { third: 'in' }).options],
  ['DL_DATA_UNREADABLE', 'line 3: "labels" is blank', () => topics({}, { third: null }).options],
  ['DL_LABELS_UNSUITABLE', 'has no label in any row', () => topics({}, { all: [] }).options],
  ['DL_LABELS_UNSUITABLE', '"in|out"', () => topics({}, { all: ['out', 'in'] }).options],
  [
    'DL_UNKNOWN_LABEL',
    'line 1: "gone"',
    () => {
      const { options, write } = topics();
      return { ...options, test: write('test.jsonl', '{"text":"hello","labels":["in","gone"]}\n') };
    },
  ],
  ['DL_TASK_UNFIT', 'Only texts', () => topics({ task: 'tabular', multiLabel: true }).options],
  [
    'DL_OPTION_INVALID',
    '--multi-label is not what',
    () => {
      const { options, write } = topics({ multiLabel: true });
      const one = { ...model('a'), input: { text: { kind: 'text' } } };
      return { ...options, config: write('driftloop.config.ts', configOf([one])) };
    },
  ],
  [
    'DL_TASK_UNFIT',
    '--keep cannot keep',
    () => {
      const { options } = topics({ base: baseOfOneLabel() });
      return { ...options, keep: options.train };
    },
  ],
  ['DL_OPTION_MISSING', '2 columns', () => given({ task: 'image' }).options],
  ['DL_BASE_MISSING', 'hf:a/b/c', () => texts({ base: 'hf:a/b/c' }).options],
  ['DL_BASE_MISSING', 'nowhere', () => texts({ base: '/nowhere' }).options],
  ['DL_TASK_UNFIT', '"qlora"', () => texts({ method: 'qlora' }).options],
  [
    'DL_TASK_UNFIT',
    '2 texts',
    () => {
      const { options, write } = texts({ task: 'text' });
      const input = { text: { kind: 'text' }, title: { kind: 'text' } };
      return { ...options, config: write('driftloop.config.ts', configOf([{ ...model('a'), input }])) };
    },
  ],
  [
    'DL_CONFIG_INVALID',
    'adapts a base',
    () => {
      const { options, write } = given();
      const lora = { ...model('a'), fineTune: { method: 'lora' } };
      return { ...options, config: write('driftloop.config.ts', configOf([lora])) };
    },
  ],
  [
    'DL_OPTION_MISSING',
    'which column',
    () => given({ task: 'text', label: 'label' }, { train: 'a,b,label\nx,y,z\n' }).options,
  ],
  ['DL_OPTION_INVALID', 'two validations', () => given({ time: 'x', entity: 'colour' }).options],
  [
    'DL_SPLITS_LEAK',
    'same entity',
    () => given({ entity: 'who' }, { train: owned(0, 60, 20), test: owned(60, 80, 20) }).options,
  ],
  ['DL_CONFIG_MISSING', 'no config', () => given({ config: '/nowhere/driftloop.config.ts' }).options],
];

test.each(mistakes)(
  '%s (%s) is told before anything is trained, and leaves nothing behind',
  async (code, says, make) => {
    const options = make();
    const failure = await finetune(options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'DriftloopError', code });
    expect((failure as Error).message).toContain(says);
    expect((failure as { fix: string }).fix.length).toBeGreaterThan(10);
    expect(existsSync(options.out)).toBe(false);
  },
);

test('a config with several models asks which one, and one that it lacks is refused', async () => {
  const { options, write } = given();
  const config = write('driftloop.config.ts', configOf([model('a'), model('b')]));
  await expect(finetune({ ...options, config })).rejects.toMatchObject({ code: 'DL_OPTION_MISSING' });
  await expect(finetune({ ...options, config, model: 'c' })).rejects.toMatchObject({
    code: 'DL_UNKNOWN_MODEL',
  });
});

test('a folder that holds something is never written over, nor one that is a file', async () => {
  const { options, folder, write } = given();
  await expect(finetune({ ...options, out: folder })).rejects.toMatchObject({ code: 'DL_FOLDER_NOT_EMPTY' });
  const file = write('taken', 'something');
  await expect(finetune({ ...options, out: file })).rejects.toMatchObject({ code: 'DL_FOLDER_NOT_EMPTY' });
  await expect(finetune({ ...options, out: path.join(file, 'v1') })).rejects.toMatchObject({
    code: 'DL_FOLDER_UNUSABLE',
  });
});

test('a folder without a version neither answers nor is tested', async () => {
  const { options, folder } = given();
  const artifact = path.join(folder, 'nothing');
  mkdirSync(artifact);
  const refusal = { code: 'DL_ARTIFACT_CORRUPT' };
  await expect(evaluate({ artifact, test: options.test })).rejects.toMatchObject(refusal);
  await expect(predict({ artifact, data: options.test })).rejects.toMatchObject(refusal);
  const absent = { artifact: path.join(folder, 'nowhere'), test: options.test };
  await expect(evaluate(absent)).rejects.toMatchObject({
    code: 'DL_ARTIFACT_MISSING',
    message: `There is no folder ${absent.artifact}.`,
  });
});
