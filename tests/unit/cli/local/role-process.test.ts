import { expect, test } from 'vitest';
import { startRoleOnce } from '../../../../cli/local/role-process.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

test('a role that takes too long is said to be late, though it has ended by the time that it is said', async () => {
  await expect(
    startRoleOnce({ name: 'server', folder: tempFolder(), env: {}, withinMs: 1 }),
  ).rejects.toMatchObject({
    code: 'DL_ROLE_NOT_READY',
    message: expect.stringContaining('The server was not ready within 0.001 s.') as string,
  });
});
