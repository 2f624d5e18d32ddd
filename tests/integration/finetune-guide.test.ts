import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { csvLines } from '../../examples/electricity/generate.ts';
import { typeHere } from '../support/command-line.ts';
import { questionRows } from '../support/question-model.ts';
import { tempFolder } from '../support/temp-folder.ts';

const guide = readFileSync(new URL('../../docs/finetune.md', import.meta.url), 'utf8');

/** The lines of the shell blocks, as a reader would copy them. */
const commands = [...guide.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block]) => block!.trim().split('\n'));

test('every command of "Fine-tune a file" runs as it stands there, one after the other', async () => {
  const folder = tempFolder();
  const [header, ...rows] = [...csvLines({ rows: 900, seed: 3 })];
  writeFileSync(path.join(folder, 'train.csv'), [header, ...rows.slice(0, 700)].join('\n'));
  writeFileSync(path.join(folder, 'test.csv'), [header, ...rows.slice(700)].join('\n'));
  for (const [name, rows, turn] of [
    ['old', 60, 0],
    ['old-test', 30, 0],
    ['new', 60, 1],
    ['new-test', 30, 1],
  ] as const)
    writeFileSync(path.join(folder, `${name}.csv`), questionsCsv(rows, rows + turn, turn));
  for (const [name, rows, seed] of [
    ['topics', 60, 5],
    ['topics-test', 30, 6],
  ] as const)
    writeFileSync(path.join(folder, `${name}.csv`), topicsCsv(rows, seed));
  const run = async (command: string) => {
    const [program, ...args] = command.split(' ');
    expect(program).toBe('driftloop');
    const { code, err } = await typeHere(folder, ...args);
    expect(code, err).toBe(0);
  };
  // What the guide takes for granted: a version that knows the old texts.
  await run(
    'driftloop finetune --task text --train old.csv --test old-test.csv --label intent --out ./intents',
  );
  expect(commands).toHaveLength(5);
  for (const command of commands) await run(command);
  for (const file of [
    'v1/report.html',
    'v1/metrics.json',
    'v1/model.safetensors',
    'v1/driftloop.json',
    'intents-2/driftloop.json',
    'topics/driftloop.json',
  ])
    expect(existsSync(path.join(folder, file)), file).toBe(true);
  expect(readFileSync(path.join(folder, 'answers.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(200);
});

const questionsCsv = (count: number, seed: number, turn: number): string =>
  [
    'text,intent',
    ...questionRows(count, seed, turn).map(({ input, label }) => `${input.question},${label}`),
  ].join('\n');

/** Two questions in a row are about both of what each is about. */
function topicsCsv(count: number, seed: number): string {
  const [first, second] = [questionRows(count, seed), questionRows(count, seed + 10)];
  const lines = first.map(({ input, label }, i) => {
    const other = second[i]!;
    const labels = [...new Set([label, other.label])];
    return `${input.question} ${other.input.question} ${seed}${i},${labels.join('|')}`;
  });
  return ['text,labels', ...lines].join('\n');
}

test('the line of scores in the guide has the names that the command prints', () => {
  const [, line] = /```json\n(.*)\n```/.exec(guide)!;
  expect(Object.keys(JSON.parse(line!) as object)).toEqual(
    'accuracy macroF1 precision recall logLoss ece trainSeconds peakMemoryMb trainableParameters totalParameters backend'.split(
      ' ',
    ),
  );
});
