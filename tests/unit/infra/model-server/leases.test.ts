import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { takeLease } from '../../../../infra/model-server/leases.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

test('the last one who gives back is told so; one that was killed is not waited for', async () => {
  const folder = tempFolder();
  const [one, other] = [await takeLease(folder), await takeLease(folder)];
  expect(await one.release()).toEqual({ isLast: false });
  expect(await other.release()).toEqual({ isLast: true });

  const third = await takeLease(folder);
  await takeLease(folder);
  const leases = path.join(folder, '.leases');
  const longAgo = new Date(Date.now() - 120_000);
  for (const name of await readdir(leases)) await utimes(path.join(leases, name), longAgo, longAgo);
  expect(await third.release()).toEqual({ isLast: true });
});
