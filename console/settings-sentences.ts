import { everyModel, mayDo, roles, rolesWith } from '../domain/person.ts';
import type { Grant, Person, Right, Role } from '../domain/person.ts';
import type { Token } from '../domain/tokens.ts';
import type { DeclaredWebhook } from '../domain/webhook-config.ts';
import type { Mark } from './run-state.ts';
import { clockTime } from './times.ts';
import type { Clock } from './times.ts';
import { counted, listed } from './wording.ts';

/** Roles of somebody in words: `approver of electricity, viewer`. */
export const sayGrants = (grants: readonly Grant[]): string =>
  grants.map(({ role, model }) => (model === everyModel ? role : `${role} of ${model}`)).join(', ');

/** Whether a token is good. */
export function markToken({ revokedAt, expiresAt }: Token, clock: Clock): Mark {
  if (revokedAt !== null)
    return { icon: 'rejected', tone: 'plain', word: `revoked ${clockTime(revokedAt, clock)}` };
  if (expiresAt === null) return { icon: 'ok', tone: 'ok', word: 'good for ever' };
  const ends = Date.parse(expiresAt);
  if (ends <= clock.now)
    return { icon: 'rejected', tone: 'plain', word: `expired ${clockTime(ends, clock)}` };
  return ends - clock.now < SOON_MS
    ? { icon: 'warn', tone: 'warn', word: `ends ${clockTime(ends, clock)}` }
    : { icon: 'ok', tone: 'ok', word: `good until ${clockTime(ends, clock)}` };
}
const SOON_MS = 7 * 86_400_000;

export const isGood = ({ revokedAt, expiresAt }: Token, now: number): boolean =>
  revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now);

/** The answer of the page: who may come in, and what needs a look. */
export function saySettings(
  tokens: readonly Token[] | null,
  person: Person,
  clock: Clock,
): { lede: string; why: string } {
  const you = `You are ${person.name}, ${
    person.via === 'local' ? 'the local user, who may do everything' : sayGrants(person.grants)
  }.`;
  if (tokens === null) return { lede: you, why: `Tokens and roles are for ${listed(rolesWith('people'))}.` };
  const good = tokens.filter((token) => isGood(token, clock.now));
  const soon = good.filter((token) => markToken(token, clock).tone === 'warn');
  const never = good.filter(({ expiresAt }) => expiresAt === null);
  const people = new Set(good.map(({ name }) => name)).size;
  const lede =
    good.length === 0
      ? 'Nobody has a token yet.'
      : `${counted(good.length, 'token lets', 'tokens let')} ${counted(people, 'person or program', 'people and programs')} in.`;
  const notes = [
    ...(soon.length === 0 ? [] : [`${counted(soon.length, 'ends', 'end')} within a week.`]),
    ...(never.length === 0 ? [] : [`${counted(never.length, 'never ends', 'never end')}.`]),
  ];
  return { lede, why: [...notes, you].join(' ') };
}

const rightWords: Readonly<Record<Right, string>> = {
  view: 'look',
  teach: 'label',
  start: 'start runs',
  pause: 'pause',
  resume: 'resume',
  rollback: 'roll back',
  import: 'import versions',
  decide: 'approve and reject',
  audit: 'read the audit log',
  force: 'promote against the gate',
  apply: 'apply a config',
  people: 'make and revoke tokens',
  predict: 'ask for predictions',
  feedback: 'give feedback',
  alert: 'report alerts',
};

/** What each role may, as the table of rights has it. */
export const rolesInWords = (): { role: Role; may: string }[] =>
  roles.map((role) => {
    const holder: Person = { name: '', via: 'token', grants: [{ role, model: everyModel }] };
    const may = (Object.keys(rightWords) as Right[]).filter((right) => mayDo(holder, right, everyModel));
    return { role, may: listed(may.map((right) => rightWords[right])) };
  });

/** What a webhook is told, how, and of which models. */
export function sayWebhook({
  format,
  types,
  models,
}: Pick<DeclaredWebhook, 'format' | 'types' | 'models'>): string {
  const how = format === 'slack' ? 'a message for people' : 'CloudEvents as JSON';
  const which = types.includes('*') ? 'every event' : listed(types);
  return `Format ${format}, ${how}: ${which}${models === undefined ? '' : `, of ${listed(models)}`}.`;
}
