import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claimSpool } from '../../../cli/roles/claim-spool.ts';

test('two servers of one machine take two folders, and what others have left comes along in its order', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'driftloop-claim-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [folder, file, text] of [
    ['1', '000000000004.jsonl', 'mine'],
    ['9', '000000000001.jsonl', 'theirs, first'],
    ['9', '000000000002.jsonl', 'theirs, second'],
  ] as const) {
    mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, file), text);
  }
  const first = await claimSpool(root);
  expect(first).toBe(path.join(root, '1'));
  expect(readdirSync(first).map((name) => readFileSync(path.join(first, name), 'utf8'))).toEqual([
    'mine',
    'theirs, first',
    'theirs, second',
  ]);
  // The first still runs: its files are its own.
  const second = await claimSpool(root);
  expect([second, readdirSync(second), readdirSync(first).length]).toEqual([path.join(root, '2'), [], 3]);
});
