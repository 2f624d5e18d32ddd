import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templates } from '../../cli/init/template-names.ts';
import { loadConfig } from '../../cli/load-config.ts';
import { startDriftloop } from '../../cli/local/start.ts';
import type { RunningDriftloop } from '../../cli/local/start.ts';
import { parseConfig } from '../../domain/config.ts';
import { type as typeAway, typeHere } from '../support/command-line.ts';
import type { Said } from '../support/command-line.ts';
import { isAlive } from '../support/is-alive.ts';
import { until } from '../workflows/loop-environment.ts';

/** The command line beside a running installation, as a person types it. */

let folder: string;
let driftloop: RunningDriftloop;

const model = {
  name: 'shop',
  task: { kind: 'classification', labels: ['kept', 'returned'] },
  input: { price: { kind: 'number' }, days: { kind: 'number' } },
  fineTune: { method: 'full', minSteps: 60, maxSteps: 120, epochs: 5 },
};
const configText = (change: object = {}, more: object = {}) =>
  `export default ${JSON.stringify({ ...more, models: [{ ...model, ...change }] })};\n`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-cli-'));
  // A PostgreSQL that runs as another user, where we are root, has to get through.
  await chmod(folder, 0o711);
  const rows = Array.from({ length: 400 }, (_, i) => {
    const [price, days] = [(i * 37) % 101, (i * 53) % 17];
    return `${price},${days},${price + 3 * days > 70 ? 'returned' : 'kept'},2026-01-${1 + (i % 28)}`;
  });
  await writeFile(path.join(folder, 'history.csv'), ['price,days,outcome,day', ...rows, ''].join('\n'));
  await writeFile(path.join(folder, 'driftloop.config.ts'), configText());
  driftloop = await startDriftloop({
    config: parseConfig({ models: [model] }),
    stateDir: path.join(folder, 'state'),
    devFolder: path.join(folder, '.driftloop'),
    keepData: false,
  });
});
afterAll(async () => {
  await driftloop?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** In a process of its own, as a person does it; and the same here, which spares the start of one. */
const typeAlone = (...args: string[]): Promise<Said> => typeAway(folder, ...args);
const type = (...args: string[]): Promise<Said> => typeHere(folder, ...args);
const json = async (...args: string[]) => {
  const { code, out, err } = await type(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^[[{]/);
  return JSON.parse(out) as never;
};
/** A mistake: exit code 1, its code and a fix on stderr, and no stack trace. */
async function refused(...args: string[]): Promise<{ code: string; message: string; fix: string }> {
  const { code, out, err } = await type(...args, '--json');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  const { error } = JSON.parse(err) as { error: { code: string; message: string; fix: string } };
  expect(error.fix).not.toBe('');
  return error;
}

describe('before the first champion', () => {
  test('a model is listed without one, and what needs one says how to get it', async () => {
    expect(await json('model', 'list')).toMatchObject([{ name: 'shop', champion: null, mode: 'auto' }]);
    expect((await typeAlone('model', 'show', 'shop')).out).toContain('next: driftloop model bootstrap shop');
    expect((await refused('version', 'rollback', 'shop')).code).toBe('DL_NO_EARLIER_CHAMPION');
  });

  test('mistakes in the data are named before anything is trained', async () => {
    const bootstrap = (file: string, ...more: string[]) =>
      refused('model', 'bootstrap', 'shop', '--data', file, ...more);
    expect((await bootstrap('none.csv', '--label', 'outcome')).code).toBe('DL_DATA_MISSING');
    const column = await bootstrap('history.csv', '--label', 'outcom');
    expect(column.code).toBe('DL_COLUMN_MISSING');
    expect(column.fix).toContain('outcome');
    await writeFile(path.join(folder, 'odd.csv'), 'price,days,outcome\n1,2,kept\n3,4,lost\n');
    expect((await bootstrap('odd.csv', '--label', 'outcome')).code).toBe('DL_UNKNOWN_LABEL');
    await writeFile(path.join(folder, 'few.csv'), 'price,days,outcome\n1,2,kept\n');
    expect((await bootstrap('few.csv', '--label', 'outcome')).code).toBe('DL_TOO_FEW_ROWS');
  });
});

test('a first champion, once', async () => {
  const args = ['model', 'bootstrap', 'shop', '--data', 'history.csv', '--label', 'outcome', '--time', 'day'];
  expect(await json(...args)).toMatchObject({ version: 'v1', role: 'champion' });
  expect((await refused(...args)).code).toBe('DL_ALREADY_BOOTSTRAPPED');
});

describe('versions from elsewhere, and the way back', () => {
  const artifact = () => path.join(folder, 'made-elsewhere');
  const signature = async () =>
    JSON.parse(await readFile(path.join(artifact(), 'driftloop.json'), 'utf8')) as {
      model: { task: { labels: string[] } };
      training: { notes: string[] };
    };
  const write = async (given: object) =>
    await writeFile(path.join(artifact(), 'driftloop.json'), JSON.stringify(given));
  beforeAll(async () => {
    const { digest } = await driftloop.stores.versions.get('shop', 'v1');
    await mkdir(artifact());
    await cp(path.join(driftloop.environment.artifacts, digest), artifact(), { recursive: true }).catch(
      async () => await cp(await openArtifact(digest), artifact(), { recursive: true }),
    );
  });
  const openArtifact = async (digest: string) => {
    const { createFolderStore } = await import('../../infra/artifacts/folder-store.ts');
    return await createFolderStore(driftloop.environment.artifacts).open(digest);
  };

  test('an artifact that is known, or of another model, is refused', async () => {
    const importIt = () => refused('version', 'import', artifact(), '--model', 'shop');
    expect((await importIt()).code).toBe('DL_VERSION_KNOWN');
    const nowhere = await refused('version', 'import', path.join(folder, 'nowhere'), '--model', 'shop');
    expect(nowhere.code).toBe('DL_ARTIFACT_MISSING');
    expect(nowhere.message).toMatch(/^There is no folder .*nowhere\.$/);
    const given = await signature();
    await write({
      ...given,
      model: { ...given.model, task: { ...given.model.task, labels: ['yes', 'no'] } },
    });
    const other = await importIt();
    expect(other.code).toBe('DL_ARTIFACT_UNFIT');
    expect(other.message).toContain('yes, no');
    await write(given);
  });

  test('another one is a challenger with its reference shares; it has to prove itself, and is no way back', async () => {
    const given = await signature();
    await write({ ...given, training: { ...given.training, notes: ['made by hand'] } });
    const imported = await typeAlone('version', 'import', artifact(), '--model', 'shop');
    expect(imported.out).toContain('next: driftloop run start shop --version v2');
    expect(await driftloop.stores.versions.reference('shop', 'v2')).not.toBeNull();
    expect((await refused('version', 'rollback', 'shop', 'v2')).code).toBe('DL_VERSION_NEVER_SERVED');

    const { runId } = (await json('run', 'start', 'shop', '--version', 'v2', '--reason', 'by hand')) as {
      runId: string;
    };
    // It has its version a moment before its story says so.
    await expect
      .poll(async () => (await type('run', 'show', runId)).out, { timeout: 20_000 })
      .toContain('v2 has to prove itself against v1');
    expect((await type('explain', runId)).out).toContain('Why it began: ');
    expect(await json('status', 'shop')).toMatchObject({ models: [{ champion: 'v1', run: { id: runId } }] });
    expect((await refused('run', 'start', 'shop')).code).toBe('DL_RUN_IN_FLIGHT');
    expect((await refused('run', 'approve', runId, '--reason', 'now')).code).toBe('DL_RUN_NOT_WAITING');
  });

  test('a rollback goes back, and a second one does not come forth again', async () => {
    await driftloop.stores.routes.promote('shop', 'v2', { by: 'ada', because: 'a test' });
    const drilled = await json('rollback', 'drill', 'shop', '--reason', 'every Monday');
    expect(drilled).toMatchObject({ target: 'v1', proof: { differing: 0 } });
    expect((await driftloop.stores.routes.get('shop'))?.champion.version).toBe('v2');
    expect((await type('rollout', 'show', 'shop')).out).toMatch(/way back leads to v1.*could take over in/);
    expect((await json('audit', 'list', '--model', 'shop')) as unknown[]).toContainEqual(
      expect.objectContaining({
        action: 'rollback drill',
        subject: 'v1',
        because: 'every Monday',
        refused: null,
      }),
    );
    expect(await json('version', 'rollback', 'shop', '--reason', 'wrong prices')).toMatchObject({
      champion: 'v1',
    });
    expect((await refused('version', 'rollback', 'shop')).code).toBe('DL_NO_EARLIER_CHAMPION');
  });
});

test('the kill switch holds for whoever asks, until it is let go', async () => {
  expect(await json('model', 'pause', 'shop')).toEqual({ model: 'shop', paused: true });
  await until(async () => (await driftloop.stores.models.get('shop')).paused, 10_000);
  expect((await type('model', 'list')).out).toMatch(/shop .* paused/);
  expect(await json('model', 'resume', 'shop')).toEqual({ model: 'shop', paused: false });
  await until(async () => !(await driftloop.stores.models.get('shop')).paused, 10_000);
});

test('a token opens what its role may, at the running roles, until it is revoked; the log tells who did what', async () => {
  const { id, secret }: { id: string; secret: string } = await json(
    'token',
    'create',
    'vic',
    '--role',
    'viewer',
    '--model',
    'shop',
  );
  const { console, server } = driftloop.addresses;
  const knock = async (address: string, method: string, authorization = `Bearer ${secret}`) => {
    const answer = await fetch(address, {
      method,
      headers: { authorization },
      ...(method === 'POST' ? { body: '{"instances":[{}]}' } : {}),
    });
    return answer.status;
  };
  expect(await knock(`${console}/api/models/shop`, 'GET')).toBe(200);
  expect(await knock(`${console}/api/models/shop/pause`, 'POST')).toBe(403);
  expect(await knock(`${server}/v1/models/shop:predict`, 'POST')).toBe(403);
  expect(await knock(`${server}/v1/models/shop`, 'GET')).toBe(200);
  // The local user of this `dev` may do everything.
  expect(await knock(`${console}/api/models/shop/resume`, 'POST', `Bearer ${driftloop.token}`)).toBe(200);
  await json('token', 'revoke', 'vic');
  expect(await knock(`${console}/api/models/shop`, 'GET')).toBe(401);

  const { intact, rows, head }: { intact: boolean; rows: number; head: string } = await json(
    'audit',
    'verify',
  );
  expect([intact, rows > 5]).toEqual([true, true]);
  expect(await json('audit', 'verify', '--head', head)).toMatchObject({ intact: true });
  const forged = await type(
    'audit',
    'verify',
    '--head',
    head.replace(/^./, (c) => (c === '0' ? '1' : '0')),
    '--json',
  );
  expect([forged.code, (JSON.parse(forged.out) as { intact: boolean }).intact]).toEqual([1, false]);
  const log: { by: string; action: string; subject: string | null; refused: string | null }[] = await json(
    'audit',
    'list',
  );
  const told = log.map(({ by, action, subject, refused }) => [by, action, subject, refused]);
  const { localUser } = driftloop.environment;
  for (const row of [
    [localUser, 'create token', id, null],
    ['vic', 'access', 'pause', 'DL_FORBIDDEN'],
    ['vic', 'access', 'predict', 'DL_FORBIDDEN'],
    [localUser, 'revoke token', id, null],
    ['vic', 'access', id, 'DL_TOKEN_REVOKED'],
  ])
    expect(told).toContainEqual(row);
});

describe('configs', () => {
  test('a config for another namespace is not applied here; a broken one says everything that is wrong', async () => {
    await writeFile(path.join(folder, 'staging.config.ts'), configText({}, { namespace: 'staging' }));
    expect((await refused('apply', '--config', 'staging.config.ts')).code).toBe('DL_NAMESPACE_MISMATCH');
    await writeFile(path.join(folder, 'broken.config.ts'), configText({ retrain: { price: 'x' }, wach: [] }));
    const { code, message } = await refused('apply', '--config', 'broken.config.ts');
    expect(code).toBe('DL_CONFIG_INVALID');
    expect(message).toContain('models.0.retrain.price is "x".');
    expect(message).toContain('has no field "wach"');
    expect((await refused('apply', '--config', 'none.config.ts')).code).toBe('DL_CONFIG_MISSING');
  });

  test('a policy that contradicts itself is in the audit log, and so is a config for elsewhere', async () => {
    const change = { gate: { trustedSources: ['bot'], withoutSources: ['bot'] } };
    await writeFile(path.join(folder, 'odd.config.ts'), configText(change));
    const { code, message } = await refused('apply', '--config', 'odd.config.ts');
    expect(code).toBe('DL_CONFIG_INVALID');
    const told = await driftloop.stores.audit.list({ action: 'apply', refused: true, limit: 9 });
    const { localUser: by } = driftloop.environment;
    expect(told.map(({ refused: why }) => why)).toContain('DL_NAMESPACE_MISMATCH');
    expect(told.at(-1)).toMatchObject({ by, via: 'local', refused: code, because: message });
    // There was no policy in a file that is not there.
    expect(told.map(({ refused: why }) => why)).not.toContain('DL_CONFIG_MISSING');
  });

  test('where no installation can be reached, what is wrong with a config is still all that is told', async () => {
    const away = await mkdtemp(path.join(tmpdir(), 'driftloop-away-'));
    await writeFile(path.join(away, 'driftloop.config.ts'), configText({ retrain: { price: 'x' } }));
    const { code, err } = await typeHere(away, 'apply', '--json');
    await rm(away, { recursive: true });
    expect(code).toBe(1);
    expect((JSON.parse(err) as { error: { code: string } }).error.code).toBe('DL_CONFIG_INVALID');
  });

  test('what was applied is what a Prometheus of one’s own would be told', async () => {
    const watch = [{ kind: 'quality', metric: 'accuracy', atLeast: 0.7, window: '14d' }];
    await writeFile(path.join(folder, 'driftloop.config.ts'), configText({ watch }));
    expect(await json('apply')).toMatchObject({ changed: true, models: ['shop'] });
    expect(await json('apply')).toMatchObject({ changed: false });
    const written = (await json('rules', '--out', 'prometheus')) as {
      files: string[];
      retentionDays: number;
    };
    expect(written.retentionDays).toBe(14);
    expect(await readFile(path.join(folder, written.files[0]!), 'utf8')).toContain('DriftloopQuality');
  });
});

test('nobody else serves while a run goes on; what a team serves itself is not rolled back here; a spent budget refuses whoever asks', async () => {
  const change = {
    serving: { kind: 'outside', webhook: 'http://127.0.0.1:9/hook' },
    retrain: { budget: { gpuMinutesPerMonth: 1 } },
  };
  await writeFile(path.join(folder, 'driftloop.config.ts'), configText(change));
  const { stores } = driftloop;
  const { id } = (await stores.runs.list({ model: 'shop' }))[0]!;
  const orphans = await refused('apply');
  expect(orphans.code).toBe('DL_CONFIG_ORPHANS_RUN');
  expect(orphans.message).toContain(id);
  await stores.runs.end(id, { kind: 'skipped', sentence: 'Ended by the test.' });
  await json('apply');
  const refusal = await refused('version', 'rollback', 'shop');
  expect(refusal.code).toBe('DL_SERVED_OUTSIDE');
  expect(refusal.fix).toContain('the registry follows what production says');

  await stores.runs.trainingBegan(id, 1);
  await stores.runs.update(id, { trainSeconds: 59 });
  expect((await refused('run', 'start', 'shop')).code).toBe('DL_BUDGET_SPENT');
  expect((await type('model', 'show', 'shop')).out).toContain(
    'The budget is spent: 1 of 1 minutes were trained',
  );
});

/** From nothing to a model that answers, as a newcomer types it. */
test('every template is a project: dev takes its config, its rows train a champion, and its client is answered', async () => {
  const begun = [];
  for (const template of templates) {
    const { model: name, commands }: { model: string; commands: string[] } = await json(
      'init',
      template,
      '--template',
      template,
      '--yes',
    );
    begun.push({ template, name, bootstrap: commands[1]!.split(' ').slice(1) });
  }
  const at = (template: string) => path.join(folder, template);
  const configs = await Promise.all(
    [folder, ...templates.map(at)].map((where) => loadConfig(path.join(where, 'driftloop.config.ts'))),
  );
  const models = configs
    .flatMap(({ config }) => config.models)
    // What writes has to be fetched from a hub first.
    .filter(({ name }) => name !== 'chat')
    .map((declared) =>
      ['shop', 'customers'].includes(declared.name)
        ? declared
        : // Whether texts and images are learnt shows in a short training too.
          { ...declared, fineTune: { method: 'full', epochs: 4, maxSteps: 80 } },
    );
  expect(await driftloop.apply(parseConfig({ ...configs[0]!.config, models }))).toBe(true);
  for (const { template, name, bootstrap } of begun.filter((one) => one.template !== 'chat')) {
    // One installation serves them all: each folder finds it as its own.
    await rm(path.join(at(template), '.driftloop'), { recursive: true, force: true });
    await symlink(path.join(folder, '.driftloop'), path.join(at(template), '.driftloop'));
    // The first in a process of its own.
    const typing = template === templates[0] ? typeAway : typeHere;
    const trained = await typing(at(template), ...bootstrap, '--json');
    expect({ template, err: trained.err, code: trained.code }).toEqual({ template, err: '', code: 0 });
    const { accuracyOnTest } = JSON.parse(trained.out) as { accuracyOnTest: number };
    expect({ template, isLearnt: accuracyOnTest > 0.6 }).toEqual({ template, isLearnt: true });
    expect(await answered(at(template), name)).toContain('predictionId');
  }
});

/** What `ask.mjs` prints once the server has loaded the first version. */
async function answered(cwd: string, name: string): Promise<string> {
  for (let i = 0; ; i += 1) {
    try {
      return (await promisify(execFile)(process.execPath, ['ask.mjs'], { cwd })).stdout;
    } catch (error) {
      if (i === 40) throw error;
      if (!String(error).includes(name)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

test('a person reads the mistake, its fix and its page, and no stack trace; a second dev in the folder is one', async () => {
  const { code, out, err } = await typeAlone('dev');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  const [told, page] = err.split('  docs: ');
  expect(page).toMatch(/docs\/reference\/errors\.md#dl_dev_running\n$/);
  expect(told).toBe(
    `DL_DEV_RUNNING  Process ${process.pid} already runs Driftloop from this folder.\n` +
      '  fix: Stop it with Ctrl-C in its terminal, or start in another folder.\n',
  );
});

test('the doctor finds every part and every role of it well', async () => {
  const { healthy, parts, roles } = (await json('doctor')) as {
    healthy: boolean;
    parts: { part: string; healthy: boolean | null; version: string | null; fix: string | null }[];
    roles: { role: string; ready: boolean }[];
  };
  expect(healthy).toBe(true);
  for (const name of ['temporal', 'kafka', 'postgres', 'prometheus', 'alertmanager'])
    expect(parts.find(({ part }) => part === name)).toMatchObject({
      healthy: true,
      version: expect.stringMatching(/./),
      fix: null,
    });
  expect(roles.map(({ role, ready }) => `${role} ${ready}`).toSorted()).toEqual(
    ['console', 'monitor', 'server', 'worker', 'worker-gpu'].map((role) => `${role} true`),
  );
});

test('wrong usage ends with 2 and starts nothing; it says which release it is', async () => {
  expect((await typeAlone('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await typeAlone('frobnicate')).code).toBe(2);
  for (const args of [
    ['run', 'reject', 'r1'],
    ['demo', '--pace', 'fast'],
    ['demo', '--until', 'dawn'],
  ])
    expect((await type(...args)).code, args.join(' ')).toBe(2);
});

test('a role that is asked to stop answers what it was asked before', async () => {
  const { pid, address } = JSON.parse(
    await readFile(path.join(folder, 'state/addresses/server.json'), 'utf8'),
  ) as { pid: number; address: string };
  const ask = () =>
    fetch(`${address}/v1/models/shop:predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${driftloop.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ instances: Array.from({ length: 200 }, (_, price) => ({ price, days: 3 })) }),
    });
  expect((await ask()).status).toBe(200);
  const onTheirWay = Array.from({ length: 8 }, ask);
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.kill(pid, 'SIGTERM');
  expect((await Promise.all(onTheirWay)).map(({ status }) => status)).toEqual(Array(8).fill(200));
  await until(() => !isAlive(pid), 10_000);
});
