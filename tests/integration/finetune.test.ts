import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { launcher, type, typeHere } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

/**
 * The commands that need no service, in a folder with nothing but files: the first of each kind in a process of its own,
 * as a person types it, the others in this one.
 */

/** Rows of a file of the shared data as a training file and a test file. */
function split(
  folder: string,
  name: string,
  rows: { train: [number, number]; test: [number, number] },
): void {
  const [header, ...lines] = readFileSync(shared(`data/${name}`), 'utf8')
    .trimEnd()
    .split('\n');
  for (const [part, range] of Object.entries(rows))
    writeFileSync(path.join(folder, `${part}.csv`), `${[header, ...lines.slice(...range)].join('\n')}\n`);
}

const scores = ['accuracy', 'macroF1', 'precision', 'recall', 'logLoss', 'ece'];
const costs = ['trainSeconds', 'peakMemoryMb', 'trainableParameters', 'totalParameters', 'backend'];

test(
  'digits become a version that answers, tests as it was tested, and explains itself',
  needsShared('data/digits8x8.csv'),
  async () => {
    const folder = tempFolder();
    split(folder, 'digits8x8.csv', { train: [0, 700], test: [700, 900] });

    const trained = await type(
      folder,
      'finetune',
      '--train',
      'train.csv',
      '--test',
      'test.csv',
      '--out',
      'v1',
      '--json',
    );
    expect(trained.code, trained.err).toBe(0);
    // Nothing but the line; what a person reads is on the other stream.
    const line = JSON.parse(trained.out) as Record<string, number | string>;
    expect(Object.keys(line)).toEqual([...scores, ...costs]);
    for (const name of [...scores, ...costs.slice(0, -1)]) expect(line[name], name).toBeGreaterThan(0);
    expect(line['accuracy']).toBeGreaterThan(0.9);
    expect(trained.err).toMatch(/hidden layers .*700 rows of 64 columns/);
    expect(trained.err).toMatch(/"p0" is constant in the training rows/);

    expect(readdirSync(path.join(folder, 'v1')).toSorted()).toEqual([
      'driftloop.json',
      'learnt.json',
      'metrics.json',
      'model.safetensors',
      'report.html',
    ]);
    const kept = JSON.parse(readFileSync(path.join(folder, 'v1/metrics.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ ...line, rows: { train: 592, validation: 108, test: 200 } });

    const tested = await typeHere(folder, 'evaluate', '--artifact', 'v1', '--test', 'test.csv', '--json');
    expect(JSON.parse(tested.out)).toEqual({
      rows: 200,
      ...Object.fromEntries(scores.map((name) => [name, line[name]])),
    });

    const truth = readFileSync(path.join(folder, 'test.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const said = await typeHere(folder, 'predict', '--artifact', 'v1', '--data', 'test.csv');
    const answers = said.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as { label: string; scores: Record<string, number> });
    expect(answers).toHaveLength(200);
    expect(Object.values(answers[0]!.scores).reduce((sum, score) => sum + score)).toBeCloseTo(1, 6);
    const right = answers.filter(({ label }, i) => truth[i]!.endsWith(`,${label}`)).length;
    expect(right / answers.length).toBe(line['accuracy']);

    const written = await typeHere(
      folder,
      'predict',
      '--artifact',
      'v1',
      '--data',
      'test.csv',
      '--out',
      'answers.jsonl',
      '--json',
    );
    expect(JSON.parse(written.out)).toMatchObject({ rows: 200, out: 'answers.jsonl' });
    expect(readFileSync(path.join(folder, 'answers.jsonl'), 'utf8')).toBe(said.out);
  },
);

test(
  'a stream in time is validated on its newest rows, with the settings of its config',
  needsShared('data/elec2.csv'),
  async () => {
    const folder = tempFolder();
    split(folder, 'elec2.csv', { train: [0, 1_500], test: [1_500, 2_000] });
    const electricity = {
      name: 'electricity',
      task: { kind: 'classification', labels: ['DOWN', 'UP'], codes: { 0: 'DOWN', 1: 'UP' } },
      input: Object.fromEntries(
        ['period', 'nswprice', 'nswdemand'].map((name) => [name, { kind: 'number' }]),
      ),
      fineTune: { method: 'full', hidden: [8], minSteps: 200, maxSteps: 400, validationShare: 0.2 },
    };
    writeFileSync(
      path.join(folder, 'driftloop.config.ts'),
      `export default ${JSON.stringify({ models: [electricity] })};\n`,
    );
    const options = ['--label', 'class', '--time', 'date', '--config', 'driftloop.config.ts'];
    const trained = await typeHere(
      folder,
      'finetune',
      '--train',
      'train.csv',
      '--test',
      'test.csv',
      ...options,
      '--out',
      'v1',
    );
    expect(trained.code, trained.err).toBe(0);
    expect(trained.err).toContain(
      '1,200 rows of train.csv train, 300 validate (the newest by "date"), 500 of test.csv test',
    );
    expect(trained.err).toMatch(/hidden layers +8: it was asked for/);
    expect(trained.out).toMatch(/ON 500 TEST ROWS +VALUE +95 % SURE/);
    expect(trained.out).toContain('next: driftloop predict --artifact v1 --data FILE');
    const answers = await typeHere(
      folder,
      'predict',
      '--artifact',
      'v1',
      '--data',
      'test.csv',
      '--out',
      'a.jsonl',
      '--json',
    );
    expect(Object.keys((JSON.parse(answers.out) as { labels: object }).labels).toSorted()).toEqual([
      'DOWN',
      'UP',
    ]);
  },
);

test('a label of many different numbers becomes a regression, which answers numbers', async () => {
  const folder = tempFolder();
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => {
      const [size, inner] = [((from + i) * 7_919) % 101, (from + i) % 2];
      return JSON.stringify({ size, town: inner ? 'inner' : 'outer', rent: size * (inner ? 3 : 2) + 50 });
    }).join('\n');
  writeFileSync(path.join(folder, 'train.jsonl'), lines(0, 600));
  writeFileSync(path.join(folder, 'test.jsonl'), lines(600, 700));
  const files = ['--train', 'train.jsonl', '--test', 'test.jsonl', '--label', 'rent'];
  // Rows of so few values meet: what the files share is no more than the training rows share among themselves.
  const trained = await typeHere(folder, 'finetune', ...files, '--out', 'v1', '--json');
  expect(trained.code, trained.err).toBe(0);
  expect(trained.err).toContain('many different numbers in "rent"');
  const line = JSON.parse(trained.out) as Record<string, number>;
  expect(Object.keys(line)).toEqual(['mae', 'rmse', 'r2', ...costs]);
  expect(line['r2']).toBeGreaterThan(0.98);
  const { code, out } = await typeHere(
    folder,
    'evaluate',
    '--artifact',
    'v1',
    '--test',
    'test.jsonl',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ rows: 100, mae: line['mae'], rmse: line['rmse'], r2: line['r2'] });
  const said = await typeHere(folder, 'predict', '--artifact', 'v1', '--data', 'test.jsonl');
  const answers = said.out
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as { value: number });
  const truths = lines(600, 700)
    .split('\n')
    .map((text) => (JSON.parse(text) as { rent: number }).rent);
  const off = answers.reduce((sum, { value }, i) => sum + Math.abs(value - truths[i]!), 0) / 100;
  expect(off).toBeCloseTo(line['mae']!, 6);
});

test('a column of sentences is learnt from beside a number, without a config', async () => {
  const folder = tempFolder();
  const about = ['the parcel', 'my second order', 'this small box', 'your last delivery'];
  const says = ['came broken', 'was never sent', 'looks fine', 'arrived well'];
  // Whether somebody sends it back depends on what is said and on the price: neither of them is enough.
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, k) => {
      const i = ((from + k) * 7_919) % 10_007;
      const [said, price] = [i % 4, i % 97];
      const remark = `${about[(i >> 2) % 4]} ${says[said]} on day ${i}`;
      return `${i},${remark},${price},${said < 2 === price > 40 ? 'back' : 'kept'}`;
    });
  const write = (file: string, rows: string[]) =>
    writeFileSync(path.join(folder, file), `order_id,remark,price,outcome\n${rows.join('\n')}\n`);
  write('train.csv', lines(0, 800));
  write('test.csv', lines(800, 1_000));
  const files = ['--train', 'train.csv', '--test', 'test.csv', '--label', 'outcome'];
  const trained = await typeHere(folder, 'finetune', ...files, '--out', 'v1', '--json');
  expect(trained.code, trained.err).toBe(0);
  expect(trained.err).toContain('Read out of the file: 2 columns');
  expect(trained.err).toMatch(/"order_id".* it names the rows/);
  const line = JSON.parse(trained.out) as Record<string, number>;
  // Of one column alone a half to two thirds could be told.
  expect(line['accuracy']).toBeGreaterThan(0.9);
  const report = readFileSync(path.join(folder, 'v1/report.html'), 'utf8');
  expect(report).toMatch(/<td>text<\/td>.*?7 to 9, half of them up to 8 words/);
  const answers = await typeHere(folder, 'predict', '--artifact', 'v1', '--data', 'test.csv');
  const right = answers.out
    .trimEnd()
    .split('\n')
    .filter((said, i) => lines(800, 1_000)[i]!.endsWith(`,${(JSON.parse(said) as { label: string }).label}`));
  expect(right.length / 200).toBe(line['accuracy']);
});

test('Ctrl-C ends a training at once, and leaves no part of a version', async () => {
  const folder = tempFolder();
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `${((from + i) * 7_919) % 10_007},${i % 3 ? 'a' : 'b'}`).join(
      '\n',
    );
  writeFileSync(path.join(folder, 'train.csv'), `x,label\n${lines(0, 400)}\n`);
  writeFileSync(path.join(folder, 'test.csv'), `x,label\n${lines(400, 450)}\n`);
  const endless = {
    name: 'endless',
    task: { kind: 'classification', labels: ['a', 'b'] },
    input: { x: { kind: 'number' } },
    fineTune: { method: 'full', minSteps: 10_000_000, maxSteps: 10_000_000 },
  };
  writeFileSync(
    path.join(folder, 'c.config.ts'),
    `export default ${JSON.stringify({ models: [endless] })};\n`,
  );
  const before = readdirSync(folder).toSorted();
  const args = [
    'finetune',
    '--train',
    'train.csv',
    '--test',
    'test.csv',
    '--config',
    'c.config.ts',
    '--out',
    'v1',
  ];
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => err, { timeout: 60_000 }).toMatch(/step [1-9][\d,]* of 10,000,000/);
  const stoppedAt = performance.now();
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  expect(err).toContain('Interrupted; nothing was written.');
  expect(readdirSync(folder).toSorted()).toEqual(before);
  expect(existsSync(path.join(folder, 'v1'))).toBe(false);
});

test('a mistake is told with its code, its fix and its page, and exit code 1; a typo of an option is 2', async () => {
  const folder = tempFolder();
  const files = ['--train', 'none.csv', '--test', 'none.csv', '--out', 'v1'];
  const mistake = await type(folder, 'finetune', ...files);
  expect(mistake).toMatchObject({ code: 1, out: '' });
  expect(mistake.err).toMatch(
    /^DL_DATA_MISSING {2}There is no file .*\n {2}fix: .*\n {2}docs: .*\/errors\.md#dl_data_missing\n$/,
  );
  expect((await type(folder, 'finetune', ...files, '--method', 'magic')).code).toBe(2);
});

/** Questions with a word that says what they are about. */
function questions(rows: number): string {
  const about = {
    card: ['card', 'pin', 'chip'],
    refund: ['refund', 'money', 'fee'],
    login: ['login', 'password'],
  };
  const filler = ['please', 'my', 'the', 'is', 'where', 'today', 'not', 'help', 'why', 'again'];
  const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;
  return Array.from({ length: rows }, (_, i) => {
    const [label, words] = pick(Object.entries(about), i);
    const around = Array.from({ length: 3 + (i % 5) }, (__, j) => pick(filler, i * 7 + j * 3));
    around.splice(i % around.length, 0, pick(words, i >> 2));
    return JSON.stringify({ text: `${around.join(' ')} ${i % 40}?`, label });
  }).join('\n');
}

test('texts need no flags; what came of them is a base for the next, and answers', async () => {
  const folder = tempFolder();
  const lines = questions(420).split('\n');
  writeFileSync(path.join(folder, 'train.jsonl'), lines.slice(0, 300).join('\n'));
  writeFileSync(path.join(folder, 'test.jsonl'), lines.slice(300).join('\n'));
  const files = ['--train', 'train.jsonl', '--test', 'test.jsonl'];

  const first = await typeHere(folder, 'finetune', ...files, '--out', 'v1', '--json');
  expect(first.code, first.err).toBe(0);
  const line = JSON.parse(first.out.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  expect(Object.keys(line)).toEqual([...scores, ...costs]);
  expect(line['accuracy']).toBeGreaterThan(0.9);
  expect(readdirSync(path.join(folder, 'v1')).sort()).toEqual(
    'config.json driftloop.json learnt.json metrics.json model.safetensors report.html tokenizer.json tokenizer_config.json'.split(
      ' ',
    ),
  );

  const again = await typeHere(folder, 'evaluate', '--artifact', 'v1', '--test', 'test.jsonl', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ accuracy: line['accuracy'], logLoss: line['logLoss'] });

  const adapted = await typeHere(
    folder,
    'finetune',
    ...files,
    '--base',
    'v1',
    '--method',
    'lora',
    '--out',
    'v2',
    '--json',
  );
  expect(adapted.code, adapted.err).toBe(0);
  const second = JSON.parse(adapted.out.trimEnd().split('\n').at(-1)!) as Record<string, number>;
  expect(second['trainableParameters']).toBeLessThan(second['totalParameters']! / 2);
  expect(second['accuracy']).toBeGreaterThan(0.9);

  writeFileSync(
    path.join(folder, 'new.jsonl'),
    '{"text":"where is my refund please"}\n{"text":"the pin again"}\n',
  );
  const answers = await typeHere(folder, 'predict', '--artifact', 'v2', '--data', 'new.jsonl');
  expect(
    answers.out
      .trimEnd()
      .split('\n')
      .map((answer) => (JSON.parse(answer) as { label: string }).label),
  ).toEqual(['refund', 'card']);

  const unfit = await typeHere(folder, 'finetune', ...files, '--method', 'qlora', '--out', 'v3');
  expect(unfit.code).toBe(1);
  expect(unfit.err).toContain('Name a base with --base DIR');
  expect(existsSync(path.join(folder, 'v3'))).toBe(false);
});
