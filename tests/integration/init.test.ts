import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askWhatIsNotSaid } from '../../cli/init/ask.ts';
import { templates } from '../../cli/init/template-names.ts';
import { loadConfig } from '../../cli/load-config.ts';
import { startDriftloop } from '../../cli/local/start.ts';
import type { RunningDriftloop } from '../../cli/local/start.ts';
import { type, typeHere } from '../support/command-line.ts';

/** From nothing to a model that answers, as a newcomer types it. */

let folder: string;
let driftloop: RunningDriftloop | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-init-'));
  // A PostgreSQL that runs as another user, where we are root, has to get through.
  await chmod(folder, 0o711);
});
afterAll(async () => {
  await driftloop?.stop();
  await rm(folder, { recursive: true, force: true });
});
const at = (...names: string[]) => path.join(folder, ...names);

test('every template is a project: dev takes its config, its rows train a champion, and its client is answered', async () => {
  const begun = [];
  for (const template of templates) {
    const { code, out, err } = await typeHere(
      folder,
      'init',
      template,
      '--template',
      template,
      '--yes',
      '--json',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { model, commands } = JSON.parse(out) as { model: string; commands: string[] };
    begun.push({ template, model, bootstrap: commands[1]!.split(' ').slice(1) });
  }
  const configs = await Promise.all(
    templates.map((template) => loadConfig(at(template, 'driftloop.config.ts'))),
  );
  driftloop = await startDriftloop({
    config: {
      ...configs[0]!.config,
      // Whether texts and images are learnt shows in a short training too.
      models: configs
        .flatMap(({ config }) => config.models)
        .filter(({ name }) => name !== 'chat')
        .map((model) =>
          model.name === 'customers'
            ? model
            : { ...model, fineTune: { method: 'full', epochs: 4, maxSteps: 120 } },
        ),
    },
    stateDir: at('state'),
    devFolder: at('.driftloop'),
    keepData: false,
  });
  // What writes has to be fetched from a hub first.
  for (const { template, model, bootstrap } of begun.filter((one) => one.template !== 'chat')) {
    // One installation serves them all: each folder finds it as its own.
    await rm(at(template, '.driftloop'), { recursive: true, force: true });
    await promisify(execFile)('ln', ['-s', at('.driftloop'), at(template, '.driftloop')]);
    // The first in a process of its own, as a newcomer types it.
    const typing = template === templates[0] ? type : typeHere;
    const trained = await typing(at(template), ...bootstrap, '--json');
    expect({ template, err: trained.err, code: trained.code }).toEqual({ template, err: '', code: 0 });
    const { accuracyOnTest } = JSON.parse(trained.out) as { accuracyOnTest: number };
    expect({ template, isLearnt: accuracyOnTest > 0.6 }).toEqual({ template, isLearnt: true });
    const asked = await answered(at(template), model);
    expect(asked).toContain('predictionId');
  }
});

/** What `ask.mjs` prints once the server has loaded the first version. */
async function answered(cwd: string, model: string): Promise<string> {
  for (let i = 0; ; i += 1) {
    try {
      return (await promisify(execFile)(process.execPath, ['ask.mjs'], { cwd })).stdout;
    } catch (error) {
      if (i === 40) throw error;
      if (!String(error).includes(model)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

test('rows of one’s own are looked at: labels, inputs, what cannot be used, and nothing is overwritten', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `c-${i},${i % 7},${i % 3 === 0 ? 'a "b"' : "it's"},${i % 2 === 0 ? 'yes' : 'no'}`,
  );
  await writeFile(
    at('own.csv'),
    ['user_id,visits,plan kind,churned', ...rows.map((row) => row.replace('a "b"', '"a ""b"""'))].join('\n'),
  );
  const first = await typeHere(folder, 'init', 'own', '--data', 'own.csv', '--label', 'churned');
  expect(first.out).toContain('"user_id" is not used: it names the rows');
  const { config } = await loadConfig(at('own', 'driftloop.config.ts'));
  expect(config.models[0]).toMatchObject({
    name: 'own',
    task: { kind: 'classification', labels: ['no', 'yes'] },
    input: { visits: { kind: 'number' } },
  });
  expect(JSON.stringify(config.models[0]!.input)).toContain(JSON.stringify(['a "b"', "it's"]));
  const text = await readFile(at('own', 'driftloop.config.ts'), 'utf8');
  const again = await typeHere(folder, 'init', 'own', '--template', 'text', '--yes');
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('DL_INIT_EXISTS')]);
  expect(await readFile(at('own', 'driftloop.config.ts'), 'utf8')).toBe(text);
  const missing = await typeHere(folder, 'init', 'other', '--data', 'none.csv', '--label', 'x');
  expect(missing.err).toContain('DL_DATA_MISSING');
  const both = await typeHere(folder, 'init', 'other', '--data', 'own.csv', '--template', 'text');
  expect(both.err).toContain('DL_REQUEST_INVALID');
});

test('on a terminal at most two things are asked', async () => {
  const asked: string[] = [];
  const answers =
    (...given: string[]) =>
    (question: string, usual: string) => {
      asked.push(question);
      return Promise.resolve(given.shift() ?? usual);
    };
  await writeFile(at('asked.csv'), 'size,class\n1,a\n');
  expect(await askWhatIsNotSaid({}, answers(at('asked.csv')))).toEqual({
    data: at('asked.csv'),
    label: 'class',
  });
  expect(await askWhatIsNotSaid({}, answers('', 'chat'))).toEqual({ template: 'chat' });
  expect(asked).toHaveLength(4);
  await expect(askWhatIsNotSaid({}, answers('', 'chta'))).rejects.toMatchObject({
    code: 'DL_OPTION_INVALID',
  });
  expect(await askWhatIsNotSaid({ yes: true }, answers('never'))).toEqual({ template: 'tabular' });
});
