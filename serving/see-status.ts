import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { mayDo } from '../domain/person.ts';
import type { Person } from '../domain/person.ts';
import { notYetRead, unknownModel } from './answer-errors.ts';
import type { RouteFollower } from './follow-routes.ts';

/** Whoever asks a model for predictions may know which version answers. */
export const maySeeStatus = (person: Person, model: string): boolean =>
  mayDo(person, 'predict', model) || mayDo(person, 'view', model);

/**
 * Lets somebody see how a declared model stands.
 *
 * @throws DL_FORBIDDEN, DL_OTHER_MODEL, DL_STARTING, DL_UNKNOWN_MODEL
 */
export async function admitToStatus(
  { doorkeeper, follower }: { doorkeeper: Doorkeeper; follower: RouteFollower },
  person: Person,
  model: string,
): Promise<void> {
  if (!maySeeStatus(person, model)) await doorkeeper.admit(person, 'view', model);
  if (!follower.hasRead()) throw notYetRead();
  if (!follower.isDeclared(model)) throw unknownModel(model, follower.declared());
}
