import type { Proof } from '../../activities/way-back.ts';
import type { Person } from '../../domain/person.ts';
import type { Environment } from '../environment.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';
import { withTuning } from './installation.ts';
import type { Installation } from './installation.ts';

/** The way back, tried: where it leads, how long it takes, and what proves that it is open. */
export type Drilled = { model: string; target: string; seconds: number; proof: Proof };

/** The way back, tried out; the way itself is `version.rollback`. */
export const rollbackOf = ({ stores, environment, admit }: Installation) => ({
  /**
   * Loads and tests the version to go back to; it moves nothing.
   *
   * @param to default: the last champion that served healthily
   * @throws DL_NO_EARLIER_CHAMPION, DL_VERSION_NEVER_SERVED, DL_WAY_BACK_BROKEN
   */
  async drill(
    model: string,
    { to, reason = 'a drill' }: { to?: string; reason?: string } = {},
  ): Promise<Drilled> {
    const person = await admit({ right: 'rollback', model });
    return drillBack({ stores, environment, person }, { model, version: to, because: reason });
  },
});

/** Who tries it and where: admitted before. */
type Going = {
  stores: Pick<Stores, 'models' | 'routes' | 'versions' | 'examples' | 'audit'>;
  environment: Pick<Environment, 'artifacts'>;
  person: Pick<Person, 'name' | 'via'>;
};

/** Tries the way back from this machine, in a process of its own; production answers as before. */
export async function drillBack(
  { stores, environment, person: { name: by, via } }: Going,
  { model, version, because }: { model: string; version: string | undefined; because: string },
): Promise<Drilled> {
  const { drillWayBack } = await import('../../activities/drill-way-back.ts');
  const question = { model, by, via, because, ...(version === undefined ? {} : { version }) };
  const { target, seconds, proof } = await withTuning(environment, ({ artifacts, predictor }) =>
    drillWayBack({ ...stores, artifacts, predictor }, question),
  );
  return { model, target, seconds, proof };
}
