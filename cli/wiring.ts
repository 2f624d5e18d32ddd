import { migrate } from '../infra/postgres/migrate.ts';
import type { Stores } from '../infra/postgres/open-stores.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { openInstallation } from './operate/installation.ts';
import type { Installation, Need } from './operate/installation.ts';
import { driftloopOf } from './operate/driftloop.ts';
import type { Driftloop } from './operate/driftloop.ts';

/** Introduces the adapters to the commands; heavy ones are loaded only by the commands that use them. */

export type { Stores } from '../infra/postgres/open-stores.ts';
export { withTuning } from './operate/installation.ts';
export type { FineTuning } from './operate/installation.ts';

/** Whoever takes it asks `admit` itself. */
export async function withInstallation<T>(use: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await openInstallation(readEnvironment());
  try {
    return await use(installation);
  } finally {
    await installation.close();
  }
}

/** What programs have too: the nouns of the command line. */
export const withDriftloop = <T>(use: (driftloop: Driftloop) => Promise<T>): Promise<T> =>
  withInstallation((installation) => use(driftloopOf(installation)));

/** The stores themselves, for whoever has the right; which one, the stores may have to say. */
export const withAdmitted = <T>(
  need: Need | ((stores: Stores) => Promise<Need>),
  use: (stores: Stores) => Promise<T>,
): Promise<T> =>
  withInstallation(async ({ stores, admit }) => {
    await admit(typeof need === 'function' ? await need(stores) : need);
    return use(stores);
  });

/** Brings the schema up to date; returns the names of the migrations that were applied. */
export async function migrateSchema(
  environment: Pick<Environment, 'databaseUrl' | 'namespace'> = readEnvironment(),
): Promise<string[]> {
  return migrate(environment.databaseUrl, environment.namespace);
}
