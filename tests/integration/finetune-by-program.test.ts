import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { typeHere } from '../support/command-line.ts';
import { planRows } from '../support/training-files.ts';

/** The commands on files, where a config names a program that trains. */

const program = fileURLToPath(new URL('../support/programs/threshold.mjs', import.meta.url));
const index = pathToFileURL(path.resolve('index.ts')).href;

let folder: string;
const at = (name: string) => path.join(folder, name);
const driftloop = (...args: string[]) => typeHere(folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-by-program-'));
  const csv = (rows: ReturnType<typeof planRows>) =>
    ['tenure,plan,label', ...rows.map(({ input, label }) => `${input.tenure},${input.plan},${label}`)].join(
      '\n',
    );
  await writeFile(at('train.csv'), csv(planRows(300, 1)));
  await writeFile(at('test.csv'), csv(planRows(100, 2)));
  await writeFile(
    at('driftloop.config.ts'),
    `import { category, classification, command, defineDriftloop, defineModel, lora, number } from '${index}';
     export default defineDriftloop({
       models: [
         defineModel({
           name: 'plans',
           task: classification({ labels: ['stay', 'leave'] }),
           input: { tenure: number(), plan: category(['free', 'team']) },
           fineTune: lora({ rank: 4 }),
           trainer: command([${JSON.stringify(process.execPath)}, ${JSON.stringify(program)}], {
             settings: { column: 'tenure' },
           }),
         }),
       ],
     });`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('finetune trains with it, evaluate and predict run it only where the config names it too', async () => {
  const out = at('v1');
  const config = ['--config', at('driftloop.config.ts')];
  const files = ['--train', at('train.csv'), '--test', at('test.csv'), '--out', out];
  const trained = await driftloop('finetune', '--json', ...files, ...config);
  expect(trained.err).toContain('threshold.mjs: the config says so.');
  const line = JSON.parse(trained.out.trim().split('\n').at(-1)!) as Record<string, unknown>;
  expect(line).toMatchObject({ backend: 'arithmetic', trainableParameters: 1, totalParameters: 1 });
  expect(line['accuracy']).toBeGreaterThan(0.97);

  const predict = ['predict', '--artifact', out, '--data', at('test.csv')];
  expect(await driftloop(...predict)).toMatchObject({
    code: 1,
    err: expect.stringContaining('DL_PROGRAM_UNTRUSTED') as string,
  });
  const answers = (await driftloop(...predict, ...config)).out.trim().split('\n');
  expect(answers).toHaveLength(100);

  const scored = await driftloop(
    'evaluate',
    '--artifact',
    out,
    '--test',
    at('test.csv'),
    '--json',
    ...config,
  );
  expect(JSON.parse(scored.out.trim().split('\n').at(-1)!)).toMatchObject({
    rows: 100,
    accuracy: line['accuracy'],
  });
});
