import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { processesNaming } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** `driftloop dev` as a person runs it: Ctrl-C, and again in the same folder. */

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));
const model = {
  name: 'shop',
  task: { kind: 'classification', labels: ['kept', 'returned'] },
  input: { price: { kind: 'number' }, days: { kind: 'number' } },
  fineTune: { method: 'full', minSteps: 60, maxSteps: 120, epochs: 5 },
};

type Up = { server: string; console: string; token: string };

async function dev(folder: string) {
  const child = spawn(process.execPath, [launcher, 'dev', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += String(text)));
  const exited = once(child, 'exit').then(([code]) => code as number);
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then((code) => Promise.reject(new Error(`dev ended with ${code}: ${said}`))),
  ])) as [string];
  return {
    ...(JSON.parse(line) as Up),
    said: () => said,
    async stop() {
      child.kill('SIGINT');
      expect(await exited).toBe(0);
    },
  };
}

const run = promisify(execFile);
const type = async (folder: string, ...args: string[]): Promise<unknown> =>
  JSON.parse(
    (
      await run(process.execPath, [launcher, ...args, '--json'], { cwd: folder }).catch((error: Error) => {
        throw new Error(`${args.join(' ')}: ${error.message}`);
      })
    ).stdout,
  );

const post = async (url: string, token: string, body: unknown) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** What was kept: the model, its versions, its runs, its alerts, and what was counted of the topics. */
async function findState(folder: string) {
  const { environment } = JSON.parse(readFileSync(path.join(folder, '.driftloop/dev.json'), 'utf8')) as {
    environment: Record<string, string>;
  };
  const stores = await openStores({ databaseUrl: environment['DATABASE_URL']!, namespace: 'default' });
  try {
    const [models, versions, runs, alerts, counted] = await Promise.all([
      stores.models.list(),
      stores.versions.list('shop'),
      stores.runs.list({ model: 'shop' }),
      stores.alerts.list({ model: 'shop' }),
      stores.totals.eventTotals('shop'),
    ]);
    // A slow machine may have had alerts of its own meanwhile.
    const ours = alerts.filter(({ fingerprint }) => fingerprint === 'abc');
    return { kept: { models, versions, alerts: ours, runs: runs.map(({ id }) => id) }, counted };
  } finally {
    await stores.close();
  }
}

test('dev goes on after a restart with its model, versions, alerts and topics, follows the config, and is not stopped by a broken one', async () => {
  const folder = tempFolder();
  const rows = Array.from({ length: 400 }, (_, i) => {
    const [price, days] = [(i * 37) % 101, (i * 53) % 17];
    return `${price},${days},${price + 3 * days > 70 ? 'returned' : 'kept'}`;
  });
  writeFileSync(path.join(folder, 'history.csv'), ['price,days,outcome', ...rows, ''].join('\n'));
  const config = (text: string) => writeFileSync(path.join(folder, 'driftloop.config.ts'), text);
  config(`export default ${JSON.stringify({ models: [model] })};\n`);

  const first = await dev(folder);
  await type(folder, 'model', 'bootstrap', 'shop', '--data', 'history.csv', '--label', 'outcome');
  const predict = async ({ server, token }: Up) =>
    await post(`${server}/v1/models/shop:predict`, token, { instances: [{ price: 1, days: 2 }] });
  await vi.waitFor(async () => expect((await predict(first)).status).toBe(200), 20_000);
  const labels = { namespace: 'default', model: 'shop', alertname: 'DriftloopDrift', level: 'suspected' };
  const alert = {
    status: 'firing',
    labels,
    annotations: { sentence: 'The price of the shop looks different.' },
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'abc',
    generatorURL: '',
  };
  expect(
    (await post(`${first.console}/alerts`, first.token, { version: '4', alerts: [alert] })).body,
  ).toMatchObject({ received: 1, new: 1 });
  const { runId } = (
    await post(`${first.console}/api/models/shop/runs`, first.token, { by: 'ada', reason: 'a try' })
  ).body as { runId: string };
  await vi.waitFor(async () => {
    const { kept, counted } = await findState(folder);
    expect([kept.runs, counted.predictions]).toEqual([[runId], 1]);
  }, 20_000);
  const before = await findState(folder);
  expect(before.kept).toMatchObject({ versions: [{ version: 'v1' }], alerts: [{ fingerprint: 'abc' }] });
  await first.stop();
  expect(existsSync(path.join(folder, '.driftloop/dev.json'))).toBe(false);
  expect(processesNaming(folder)).toEqual([]);

  const second = await dev(folder);
  expect((await findState(folder)).kept).toEqual(before.kept);
  expect((await predict(second)).body).toMatchObject({ predictions: [{ version: 'v1' }] });
  // The topics are those of before: ingest goes on behind what it had counted, and refuses nothing.
  await vi.waitFor(async () => expect((await findState(folder)).counted.predictions).toBe(2), 20_000);

  config(`export default ${JSON.stringify({ models: [{ ...model, watch: 'all' }] })};\n`);
  await vi.waitFor(() => expect(second.said()).toContain('DL_CONFIG_INVALID'), 10_000);
  config('export default {');
  await vi.waitFor(() => expect(second.said()).toContain('DL_CONFIG_UNREADABLE'), 10_000);
  expect((await predict(second)).status).toBe(200);
  config(`export default ${JSON.stringify({ models: [{ ...model, watch: [{ kind: 'drift' }] }] })};\n`);
  await vi.waitFor(
    () =>
      expect(second.said()).toMatch(
        /driftloop\.config\.ts was saved and is applied\.\n[ +~-] \w+: (changed|added)/,
      ),
    10_000,
  );
  await second.stop();
});

test('dev refuses an environment that is half there, with everything that is wrong in one message, before it starts anything', async () => {
  const folder = tempFolder();
  writeFileSync(
    path.join(folder, 'driftloop.config.ts'),
    `export default ${JSON.stringify({ models: [model] })};\n`,
  );
  writeFileSync(path.join(folder, 'file'), '');
  const given = {
    DATABASE_URL: 'postgres://ada:secret@127.0.0.1:1/shop',
    DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
    DRIFTLOOP_TEMPORAL_ADDRESS: '127.0.0.1:1',
    DRIFTLOOP_PROMETHEUS_URL: 'http://127.0.0.1:2',
    DRIFTLOOP_ALERTMANAGER_URL: 'http://127.0.0.1:3',
    DRIFTLOOP_ARTIFACTS: 'file/inside',
  };
  const { code, stderr }: { code?: number; stderr: string } = await run(process.execPath, [launcher, 'dev'], {
    cwd: folder,
    env: { ...process.env, ...given },
  }).catch((error: { code: number; stderr: string }) => error);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^DL_ENVIRONMENT_BROKEN {2}/);
  for (const name of [
    'DL_POSTGRES_UNREACHABLE',
    'DL_KAFKA_UNREACHABLE',
    'DL_TEMPORAL_UNREACHABLE',
    'DL_PROMETHEUS_UNREACHABLE',
    'DL_ALERTMANAGER_UNREACHABLE',
    'DL_ENVIRONMENT_INVALID',
  ])
    expect(stderr).toMatch(new RegExp(`^  ${name}  .+\\n    fix: .+`, 'm'));
  expect(stderr).not.toContain('secret');
  expect(existsSync(path.join(folder, '.driftloop'))).toBe(false);
});
