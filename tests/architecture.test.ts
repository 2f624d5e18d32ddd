import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import type { IReporterOutput, ICruiseResult } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { expect, test } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const rooms = [
  'domain',
  'statistics',
  'monitors',
  'training',
  'workflows',
  'activities',
  'serving',
  'console',
  'client',
  'infra',
  'cli',
];

test('every arrow between rooms points the way that docs/architecture.md draws', async () => {
  process.chdir(root);
  const present = rooms.filter((room) => existsSync(path.join(root, room)));
  const options = await extractConfig('./.dependency-cruiser.cjs');
  const result: IReporterOutput = await cruise(present, options, undefined, {
    tsConfig: extractTsConfig('tsconfig.json'),
  });
  const { summary } = result.output as ICruiseResult;
  const broken = summary.violations.map((v) => `${v.from} → ${v.to}: ${v.rule.name}`);
  expect(broken).toEqual([]);
  expect(summary.totalCruised).toBeGreaterThan(50);
}, 120_000);
