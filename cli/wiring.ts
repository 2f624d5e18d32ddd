import { migrate } from '../infra/postgres/migrate.ts';
import type { Stores } from '../infra/postgres/open-stores.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { openInstallation } from './operate/installation.ts';
import type { Installation } from './operate/installation.ts';
import { driftloopOf } from './operate/driftloop.ts';
import type { Driftloop } from './operate/driftloop.ts';

/** Introduces the adapters to the commands; heavy ones are loaded only by the commands that use them. */

export type { Stores } from '../infra/postgres/open-stores.ts';
export { withTuning } from './operate/installation.ts';
export type { FineTuning } from './operate/installation.ts';

async function withInstallation<T>(
  use: (installation: Installation) => Promise<T>,
  environment = readEnvironment(),
): Promise<T> {
  const installation = await openInstallation(environment);
  try {
    return await use(installation);
  } finally {
    await installation.close();
  }
}

/** What programs have too: the nouns of the command line. */
export const withDriftloop = <T>(use: (driftloop: Driftloop) => Promise<T>): Promise<T> =>
  withInstallation((installation) => use(driftloopOf(installation)));

export const withStores = <T>(
  use: (stores: Stores, environment: Environment) => Promise<T>,
  environment = readEnvironment(),
): Promise<T> => withInstallation(({ stores }) => use(stores, environment), environment);

/** Brings the schema up to date; returns the names of the migrations that were applied. */
export async function migrateSchema(
  environment: Pick<Environment, 'databaseUrl' | 'namespace'> = readEnvironment(),
): Promise<string[]> {
  return migrate(environment.databaseUrl, environment.namespace);
}
