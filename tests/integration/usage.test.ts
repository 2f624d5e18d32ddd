import { execFile } from 'node:child_process';
import process from 'node:process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { launcher, type } from '../support/command-line.ts';

/** What the command line says where it cannot be read, and what it does when nobody reads on. */

test.each([
  [['run', 'lst'], "Unknown command 'lst'. Did you mean list?", 'driftloop run --help'],
  [
    ['run', 'list', '--limt', '3'],
    "Unknown option '--limt'. Did you mean --limit?",
    'driftloop run list --help',
  ],
  [['run', 'watch'], "Missing required argument 'id'.", 'driftloop run watch --help'],
  [
    ['run', 'list', '--limit', '0'],
    'It must be a whole number above 0, such as 10.',
    'driftloop run list --help',
  ],
])('wrong usage has a code, a fix and its exit code: %j', async (words, says, fix) => {
  const [plain, json] = await Promise.all([type(tmpdir(), ...words), type(tmpdir(), ...words, '--json')]);
  expect(plain).toMatchObject({ code: 2, out: '' });
  expect(plain.err).toContain(`fix: ${fix}\n`);
  expect(plain.err).toContain(says);
  expect(plain.err).toMatch(/^DL_USAGE {2}.*\n {2}fix: .*\n {2}docs: .*errors\.md#dl_usage\n$/);
  expect(json).toMatchObject({ code: 2, out: '' });
  expect(JSON.parse(json.err)).toEqual({
    error: {
      code: 'DL_USAGE',
      message: expect.stringContaining(says),
      fix,
      docs: expect.stringContaining('#dl_usage'),
    },
  });
});

test('who names a noun without a verb is shown its help', async () => {
  const { code, err } = await type(tmpdir(), 'run');
  expect([code, err]).toEqual([2, expect.stringMatching(/^Usage: driftloop run/)]);
});

test('a reader that leaves ends a command without a complaint', async () => {
  const command = `set -o pipefail; "${process.execPath}" "${launcher}" completion bash | true`;
  const { code, err } = await new Promise<{ code: number | string; err: string }>((resolve) => {
    execFile('bash', ['-c', command], (error, _, err) => resolve({ code: error?.code ?? 0, err }));
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
