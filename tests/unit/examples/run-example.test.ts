import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runExample } from '../../../examples/run-example.ts';

test('the folder that is kept is made where it is not there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-keep-'));
  const keep = path.join(folder, 'not', 'there');
  try {
    await expect(runExample('no-such-story', ['--keep', keep])).rejects.toThrow('no-such-story');
    expect((await stat(keep)).isDirectory()).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
