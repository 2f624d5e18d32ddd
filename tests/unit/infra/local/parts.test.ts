import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Tools } from '../../../../infra/local/part.ts';
import { allParts, provisionAll } from '../../../../infra/local/parts.ts';
import { alertmanager } from '../../../../infra/local/parts/alertmanager.ts';
import { java } from '../../../../infra/local/parts/java.ts';
import { kafka } from '../../../../infra/local/parts/kafka.ts';
import { postgres } from '../../../../infra/local/parts/postgres.ts';
import { prometheus } from '../../../../infra/local/parts/prometheus.ts';
import { temporal } from '../../../../infra/local/parts/temporal.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { fakeTools } from './fake-tools.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

// What the programs really say, and the version that has to be read out of it.
const said = {
  temporal: ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)', '1.29.1'],
  java: ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)', '17.0.15'],
  prometheus: ['prometheus, version 2.45.0 (branch: HEAD, revision: 8ef767e)', '2.45.0'],
  alertmanager: ['alertmanager, version 0.28.1 (branch: , revision: unknown)', '0.28.1'],
  postgres: ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
} as const;
const parts = { temporal, java, prometheus, alertmanager, postgres };
const beside = { promtool: '', initdb: '' };

test.each(Object.keys(said) as (keyof typeof said)[])(
  '%s on PATH is recognised by what it says',
  async (name) => {
    const [words, version] = said[name];
    const found = await parts[name].findInstalled(fakeTools({ ...beside, [name]: words }));
    expect(found).toMatchObject({ where: 'path', version, files: { [name]: `/bin/${name}` } });
  },
);

test.each([
  [temporal, 'temporal', 'temporal version 0.9.0 (server 1.18.5) (ui 2.5.0)'],
  [temporal, 'temporal', 'temporal version 1.0.0 (Server 1.24.2, UI 2.28.0)'],
  [java, 'java', 'openjdk version "11.0.22" 2024-01-16'],
  [java, 'java', 'java version "1.8.0_391"'],
  [prometheus, 'prometheus', 'prometheus, version 2.15.2+ds (branch: debian/sid)'],
  [alertmanager, 'alertmanager', 'alertmanager, version 0.15.3 (branch: HEAD)'],
])('$title on PATH that is too old is passed over: %s %s %s', async (part, program, words) => {
  expect(await part.findInstalled(fakeTools({ ...beside, [program]: words }))).toBeNull();
});

test('PostgreSQL on PATH that is too old makes room for the npm package', async () => {
  const old = fakeTools({ ...beside, postgres: 'postgres (PostgreSQL) 13.14' });
  expect(await postgres.findInstalled(old)).toMatchObject({ where: 'package' });
  expect(await postgres.findInstalled({ ...old, platform: 'darwin-arm64' })).toBeNull();
});

test('Prometheus without promtool beside it will not do', async () => {
  expect(await prometheus.findInstalled(fakeTools({ prometheus: said.prometheus[0] }))).toBeNull();
});

test('Java is needed where Kafka is not given', async () => {
  expect(await java.isNeeded!(fakeTools())).toBe(true);
  expect(await java.isNeeded!(fakeTools({}, { env: { DRIFTLOOP_KAFKA_BROKERS: 'k:9092' } }))).toBe(false);
});

test('every official download has a checksum, and comes before every registry', async () => {
  for (const part of [temporal, java, kafka, prometheus, alertmanager]) {
    const asked: string[] = [];
    const download: Tools['download'] = async (urls, _, { sha256 }) => {
      asked.push(...urls);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      throw new Error('stop here');
    };
    const attempt = part.sources[0]!.install('/nowhere', fakeTools({}, { download }), () => {});
    await expect(attempt).rejects.toThrow('stop here');
    expect(asked.length).toBeGreaterThan(0);
    for (const url of asked) expect(new URL(url).protocol).toBe('https:');
    expect(part.sources.length).toBeGreaterThan(1);
  }
});

test('every registry pins by content', () => {
  const read = (file: string) =>
    readFileSync(path.join(root, 'infra', file), 'utf8')
      .trim()
      .split('\n');
  for (const file of [
    'local/java/requirements.txt',
    'tensorflow/requirements-cpu.txt',
    'tensorflow/requirements-gpu.txt',
    'tensorflow/requirements-cuda.txt',
  ]) {
    const packages = read(file).filter((line) => !line.startsWith('#'));
    expect(packages.length).toBeGreaterThan(0);
    for (const line of packages) expect(line).toMatch(/^[\w-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}$/);
  }
  for (const line of read('local/kafka/libs.sha256')) expect(line).toMatch(/^[0-9a-f]{64} {2}\S+\.jar$/);
  for (const name of ['temporal', 'alertmanager', 'prometheus']) {
    expect(read(`local/${name}/go.mod`).join('\n')).not.toContain('replace');
    expect(read(`local/${name}/go.sum`).length).toBeGreaterThan(100);
  }
});

test('all that is missing is said at once', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder(), DATABASE_URL: 'postgres://there/db' };
  const attempt = provisionAll({ env, tools: fakeTools({}, { env, platform: 'darwin-arm64' }) });
  const error = await attempt.then(
    () => expect.unreachable(),
    (caught: unknown) => caught as Error,
  );
  expect(error).toMatchObject({ code: 'DL_PART_MISSING' });
  for (const title of ['Temporal', 'Java', 'Kafka', 'Prometheus', 'Alertmanager']) {
    expect(error.message).toContain(`${title} was not found`);
  }
  expect(error.message).not.toContain('PostgreSQL');
  expect(error.message).not.toContain('TensorFlow');
  expect(allParts.map((part) => part.name)).toContain('tensorflow');
});
