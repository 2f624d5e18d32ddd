import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writePrometheusFiles } from '../../../../infra/prometheus/files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rules = (expr: string) => ({
  groups: [{ name: 'g', interval: '1s', rules: [{ record: 'a:b', expr }] }],
});

test('rules and targets are written whole, and it says whether the rules are new', async () => {
  const folders = { rulesDir: path.join(folder, 'rules'), targetsDir: path.join(folder, 'targets') };
  const targets = [{ address: '127.0.0.1:9100', labels: { role: 'monitor' } }, { address: '127.0.0.1:9101' }];
  expect(await writePrometheusFiles(folders, rules('up'), targets)).toEqual({ rulesChanged: true });
  expect(await writePrometheusFiles(folders, rules('up'), [])).toEqual({ rulesChanged: false });
  expect(await writePrometheusFiles(folders, rules('1'), targets, 'staging')).toEqual({ rulesChanged: true });

  expect(await readdir(folders.rulesDir)).toEqual(['driftloop-default.yml', 'driftloop-staging.yml']);
  expect(await readdir(folders.targetsDir)).toEqual(['driftloop-default.json', 'driftloop-staging.json']);
  expect(parse(await readFile(path.join(folders.rulesDir, 'driftloop-default.yml'), 'utf8'))).toEqual(
    rules('up'),
  );
  const staging = await readFile(path.join(folders.targetsDir, 'driftloop-staging.json'), 'utf8');
  expect(JSON.parse(staging)).toEqual([
    { targets: ['127.0.0.1:9100'], labels: { role: 'monitor' } },
    { targets: ['127.0.0.1:9101'] },
  ]);
});
