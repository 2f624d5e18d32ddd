import { DriftloopError } from '../../domain/errors.ts';
import { everyModel, roles } from '../../domain/person.ts';
import type { Grant, Role } from '../../domain/person.ts';

/** How the console asks the team's own login, and what it makes of the answer. */
export type OidcSettings = Readonly<{
  issuer: URL;
  clientId: string;
  /** Null: a public client, which proves itself by PKCE alone. */
  clientSecret: string | null;
  /** Where the provider sends the browser back to. */
  redirectUri: URL;
  scope: string;
  /** The claim that is a person's name in the audit log. */
  nameClaim: string;
  /** The claim, a text or a list of texts, that roles are read from. */
  rolesClaim: string;
  /** What a value of that claim is worth. */
  grants: ReadonlyMap<string, readonly Grant[]>;
}>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads DRIFTLOOP_OIDC_…; null where the team has no login of its own. `callbackPath` is the console's.
 *
 * @throws DL_ENVIRONMENT_INVALID
 */
export function readOidcSettings(env: Environment, callbackPath: string): OidcSettings | null {
  const issuer = env['DRIFTLOOP_OIDC_ISSUER'];
  if (!issuer) return null;
  const needed = (name: string, meaning: string): string => {
    const value = env[name];
    if (value) return value;
    throw invalid(`DRIFTLOOP_OIDC_ISSUER is set and ${name} is not.`, `Set ${name}: ${meaning}.`);
  };
  const consoleUrl = needed('DRIFTLOOP_CONSOLE_URL', 'the public address of the console');
  return {
    issuer: issuerOf(issuer),
    clientId: needed('DRIFTLOOP_OIDC_CLIENT_ID', 'the client that the provider knows the console as'),
    clientSecret: env['DRIFTLOOP_OIDC_CLIENT_SECRET'] || null,
    redirectUri: new URL(callbackPath, consoleUrl),
    scope: env['DRIFTLOOP_OIDC_SCOPE'] || 'openid email profile',
    nameClaim: env['DRIFTLOOP_OIDC_NAME_CLAIM'] || 'email',
    rolesClaim: env['DRIFTLOOP_OIDC_ROLES_CLAIM'] || 'groups',
    grants: readGrants(needed('DRIFTLOOP_OIDC_ROLES', 'such as "ml-admins=admin; ml-team=viewer"')),
  };
}

/** What is said without TLS can be read and changed on its way; on this machine it has none. */
function issuerOf(text: string): URL {
  const issuer = URL.canParse(text) ? new URL(text) : null;
  const isHere = issuer !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);
  if (issuer?.protocol === 'https:' || (issuer?.protocol === 'http:' && isHere)) return issuer;
  throw invalid(
    `DRIFTLOOP_OIDC_ISSUER is ${text}.`,
    'Name an https address, such as https://login.example.org.',
  );
}

/** `GROUP=ROLE` or `GROUP=ROLE:MODEL`, separated by ";". A group may hold "=" and ",", as those of LDAP do. */
function readGrants(text: string): Map<string, Grant[]> {
  const grants = new Map<string, Grant[]>();
  for (const part of text.split(';').map((p) => p.trim())) {
    if (part === '') continue;
    const {
      group,
      role,
      model = everyModel,
    } = /^(?<group>.+)=(?<role>[a-z]+)(?::(?<model>[a-z][a-z0-9-]*|\*))?$/.exec(part)?.groups ?? {};
    if (!group || !roles.includes(role as Role))
      throw invalid(
        `DRIFTLOOP_OIDC_ROLES has "${part}".`,
        `Write GROUP=ROLE or GROUP=ROLE:MODEL, separated by ";"; roles are ${roles.join(', ')}.`,
      );
    const grant = { role: role as Role, model };
    grants.set(group.trim(), [...(grants.get(group.trim()) ?? []), grant]);
  }
  return grants;
}

const invalid = (message: string, fix: string) =>
  new DriftloopError('DL_ENVIRONMENT_INVALID', message, { fix });
