import { expect, test } from 'vitest';
import { readClaims } from '../../../../infra/oidc/read-claims.ts';
import { readOidcSettings } from '../../../../infra/oidc/settings.ts';
import { caught } from '../../../support/caught.ts';

const environment = {
  DRIFTLOOP_CONSOLE_URL: 'https://driftloop.example.org',
  DRIFTLOOP_OIDC_ISSUER: 'https://login.example.org',
  DRIFTLOOP_OIDC_CLIENT_ID: 'driftloop',
  DRIFTLOOP_OIDC_ROLES:
    'ml-admins=admin; ml-team=viewer; cn=leads,ou=ml=approver:churn;ml-team=operator:fraud',
};
const read = (change: Record<string, string> = {}) =>
  readOidcSettings({ ...environment, ...change }, '/login/oidc/callback')!;
const settings = read();

test('without an issuer the team has no login of its own', () => {
  expect(readOidcSettings({ ...environment, DRIFTLOOP_OIDC_ISSUER: undefined }, '/')).toBeNull();
});

test('the browser comes back to the public address of the console', () => {
  expect(settings.redirectUri.href).toBe('https://driftloop.example.org/login/oidc/callback');
});

test('groups are worth what the mapping says, and add up; others are worth nothing', () => {
  const claims = { email: 'Ada@example.org', groups: ['ml-team', 'cn=leads,ou=ml', 'cooks'] };
  expect(readClaims(claims, settings)).toEqual({
    name: 'Ada@example.org',
    via: 'oidc',
    grants: [
      { role: 'viewer', model: '*' },
      { role: 'operator', model: 'fraud' },
      { role: 'approver', model: 'churn' },
    ],
  });
  expect(readClaims({ email: 'bob', groups: 'ml-admins' }, settings).grants).toEqual([
    { role: 'admin', model: '*' },
  ]);
});

test('another claim may name the person, and another say the roles', () => {
  const other = read({ DRIFTLOOP_OIDC_NAME_CLAIM: 'sub', DRIFTLOOP_OIDC_ROLES_CLAIM: 'roles' });
  expect(readClaims({ sub: 'u1', roles: ['ml-team'] }, other).name).toBe('u1');
});

test.each([
  ['no group that is a role', { email: 'ada', groups: ['cooks'] }, 'DL_LOGIN_WITHOUT_ROLE'],
  ['no groups', { email: 'ada' }, 'DL_LOGIN_WITHOUT_ROLE'],
  ['a group that is an object', { email: 'ada', groups: [{ name: 'ml-admins' }] }, 'DL_LOGIN_WITHOUT_ROLE'],
  ['no name', { groups: ['ml-admins'] }, 'DL_LOGIN_FAILED'],
  ['a name that is no text', { email: 7, groups: ['ml-admins'] }, 'DL_LOGIN_FAILED'],
  [
    'an address that is not verified',
    { email: 'ada', email_verified: false, groups: ['ml-admins'] },
    'DL_LOGIN_FAILED',
  ],
  ['the name of a part of Driftloop', { email: 'Installation', groups: ['ml-admins'] }, 'DL_NAME_UNFIT'],
  ['a name that breaks the line', { email: 'ada\nbob', groups: ['ml-admins'] }, 'DL_NAME_UNFIT'],
])('%s lets nobody in', (_, claims, code) => {
  expect(caught(() => readClaims(claims, settings)).code).toBe(code);
});

test.each([
  [{ DRIFTLOOP_OIDC_ISSUER: 'http://login.example.org' }, 'https'],
  [{ DRIFTLOOP_OIDC_ISSUER: 'login' }, 'https'],
  [{ DRIFTLOOP_OIDC_CLIENT_ID: '' }, 'DRIFTLOOP_OIDC_CLIENT_ID'],
  [{ DRIFTLOOP_CONSOLE_URL: '' }, 'DRIFTLOOP_CONSOLE_URL'],
  [{ DRIFTLOOP_OIDC_ROLES: '' }, 'DRIFTLOOP_OIDC_ROLES'],
  [{ DRIFTLOOP_OIDC_ROLES: 'ml-team=boss' }, 'viewer, labeller, operator'],
  [{ DRIFTLOOP_OIDC_ROLES: '=admin' }, 'GROUP=ROLE'],
  [{ DRIFTLOOP_OIDC_ROLES: 'ml-team' }, 'GROUP=ROLE'],
])('%o is refused, with what to do', (change, fix) => {
  const error = caught(() => read(change));
  expect([error.code, error.fix]).toEqual(['DL_ENVIRONMENT_INVALID', expect.stringContaining(fix)]);
});

test('only a login on this machine may do without TLS', () => {
  expect(read({ DRIFTLOOP_OIDC_ISSUER: 'http://127.0.0.1:4000' }).issuer.port).toBe('4000');
});
