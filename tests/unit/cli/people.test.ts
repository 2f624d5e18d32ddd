import { expect, test } from 'vitest';
import { admitted, machineUser, openDoorkeeper, refusePersonal } from '../../../cli/people.ts';
import { caught, caughtAsync } from '../../support/caught.ts';

const personal = `dlt_0123456789ab_${'x'.repeat(43)}`;
const installation = 'sixteen-letters-or-more';
const tokens = { find: async () => null, used: async () => {} };
const audit = { append: async () => {} };

test("a role does not start with a person's token", () => {
  expect(caught(() => refusePersonal({ token: personal })).code).toBe('DL_ENVIRONMENT_INVALID');
  expect(() => refusePersonal({ token: installation })).not.toThrow();
});

test("the installation's own token is known whole, and nothing that is like it", async () => {
  const { recognise } = openDoorkeeper({ token: installation, localUser: null }, { tokens, audit });
  expect((await recognise(installation)).person.name).toBe('installation');
  for (const other of [`${installation}x`, installation.slice(1), installation.toUpperCase(), ''])
    expect((await caughtAsync(() => recognise(other))).code).toBe('DL_UNAUTHORISED');
});

test('a command that has a person’s token in its environment does not take it for the installation’s own', async () => {
  const stores = { tokens, audit } as never;
  const need = { right: 'start', model: 'm' } as const;
  const typed = () => admitted(stores, { token: personal, localUser: 'ada' }, need);
  expect((await caughtAsync(typed)).code).toBe('DL_UNAUTHORISED');
});

test('with the installation’s own it acts as the user of this machine, or as the one of dev', async () => {
  const need = { right: 'people', model: '*' } as const;
  const as = (localUser: string | null) =>
    admitted({ tokens, audit } as never, { token: installation, localUser }, need);
  expect(await as(null)).toMatchObject({ name: machineUser(), via: 'local' });
  expect((await as('ada')).name).toBe('ada');
});
