import { DriftloopError } from './errors.ts';

/**
 * Who may do what. A person has roles, each for one model or for all of them; a role is a set of rights, and every door
 * and every command asks for one right.
 *
 * Operating and approving are two duties: an operator starts what an approver lets through, and neither can do the
 * other's part. Whoever has a duty can stop things and go back; an admin can do everything.
 */
const rightsOf = {
  /** Looks: pages, their data, artifacts. */
  viewer: ['view'],
  /** Says what is right: labels what the queue asks about. */
  labeller: ['view', 'teach'],
  /** Keeps models running: starts runs, holds and releases the kill switch, imports, goes back. */
  operator: ['view', 'teach', 'start', 'pause', 'resume', 'rollback', 'import'],
  /** Decides what waits for a person, and reads what others have decided. */
  approver: ['view', 'teach', 'decide', 'pause', 'rollback', 'audit'],
  /** Everything, the rules themselves included: the config, who else may do what, decisions against the gate. */
  admin: [
    'view',
    'teach',
    'start',
    'pause',
    'resume',
    'rollback',
    'import',
    'decide',
    'audit',
    'force',
    'apply',
    'people',
    'predict',
    'feedback',
    'alert',
  ],
  /** A program, no person: asks for predictions, gives feedback, reports alerts, and sees nothing. */
  client: ['predict', 'feedback', 'alert'],
} as const;

export type Role = keyof typeof rightsOf;
export type Right = (typeof rightsOf)[Role][number];

export const roles = Object.keys(rightsOf) as readonly Role[];

/** Stands for every model where a grant says which; asked for, it is what concerns the whole installation. */
export const everyModel = '*';

export type Grant = Readonly<{ role: Role; model: string }>;

export type Person = Readonly<{
  /** Stands in the audit log beside what they did; two with the same name are the same person (`isSamePerson`). */
  name: string;
  /** How they have shown who they are: a token, the team's own login, or being on this machine. */
  via: 'token' | 'oidc' | 'local';
  grants: readonly Grant[];
}>;

/** Who says something to a workflow, and how they were known; of what was said before that was passed on it is not. */
export type Speaker = Readonly<{ by: string; via?: Person['via'] }>;

/** Whether a right is theirs for this model; `everyModel` asks for what concerns all of them, such as `apply`. */
export const mayDo = (person: Person, right: Right, model: string): boolean =>
  person.grants.some(
    (grant) =>
      (grant.model === everyModel || grant.model === model) &&
      (rightsOf[grant.role] as readonly Right[]).includes(right),
  );

/** The models for which a right is theirs, declared or not any more; `everyModel` is all of them. */
export const modelsWith = ({ grants, ...person }: Person, right: Right): string[] => [
  ...new Set(
    grants
      .filter((grant) => mayDo({ ...person, grants: [grant] }, right, grant.model))
      .map(({ model }) => model),
  ),
];

/** The roles that have a right. */
export const rolesWith = (right: Right): Role[] =>
  roles.filter((role) => (rightsOf[role] as readonly Right[]).includes(right));

/** @throws DL_OTHER_MODEL where the right is theirs for other models only, DL_FORBIDDEN where it is not theirs at all */
export function refuseUnlessMay(person: Person, right: Right, model: string): void {
  if (mayDo(person, right, model)) return;
  const wanted = model === everyModel ? 'every model' : model;
  const theirs = modelsWith(person, right);
  if (theirs.length > 0)
    throw new DriftloopError(
      'DL_OTHER_MODEL',
      `${person.name} may ${right} for ${theirs.join(', ')}; this concerns ${wanted}.`,
      { fix: `Use a token for ${wanted}, or ask an admin for a role there.` },
    );
  throw new DriftloopError('DL_FORBIDDEN', `${person.name} has no role that may ${right} for ${wanted}.`, {
    fix: `Ask an admin for one of: ${rolesWith(right).join(', ')} (for ${wanted}).`,
  });
}

/** Names of what acts by itself: nobody else may stand in the log as them. */
const reserved = ['installation', 'nobody', 'driftloop', 'gate', 'production', 'console', 'dev'];

/** @throws DL_NAME_UNFIT where a name could not be told from another in the log, or is that of a part of Driftloop */
export function refuseUnfitName(name: string): void {
  const isPlain = /^[\p{L}\p{N}][\p{L}\p{N} ._@+'-]{0,127}$/u.test(name.trim());
  if (isPlain && !reserved.includes(written(name))) return;
  throw new DriftloopError('DL_NAME_UNFIT', `${JSON.stringify(name)} cannot be the name of a person.`, {
    fix: `Take letters, digits, blanks and . _ @ + ' - (at most 128), and none of: ${reserved.join(', ')}.`,
  });
}

/** The same name, however it is written: who asks as "Ada" does not approve as "ada". */
export const isSamePerson = (one: string, other: string): boolean => written(one) === written(other);

/** So many people stand behind these names. */
export const countPeople = (names: readonly string[]): number => new Set(names.map(written)).size;

/** A page shows several blanks as one, so names that differ by them look the same. */
const written = (name: string) => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
