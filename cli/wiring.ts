import type { Person, Right } from '../domain/person.ts';
import type { ArtifactStore, BaseStore, Loop, Predictor, Trainer } from '../domain/ports.ts';
import { openArtifacts } from './artifact-store.ts';
import { createBaseStore } from '../infra/hub/base-store.ts';
import { migrate } from '../infra/postgres/migrate.ts';
import { openStores } from '../infra/postgres/open-stores.ts';
import type { Stores } from '../infra/postgres/open-stores.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { admitted } from './people.ts';
import { withinBudget } from './within-budget.ts';

/** Introduces the adapters to the commands; heavy ones are loaded only by the commands that use them. */

export type { Stores } from '../infra/postgres/open-stores.ts';

/** What trains and tries versions. */
export type FineTuning = {
  trainer: Trainer;
  predictor: Predictor;
  artifacts: ArtifactStore;
  bases: BaseStore;
};

export async function withStores<T>(
  use: (stores: Stores, environment: Environment) => Promise<T>,
  environment = readEnvironment(),
): Promise<T> {
  const stores = await openStores(environment);
  try {
    return await use(stores, environment);
  } finally {
    await stores.close();
  }
}

/** What a command changes, and so the right that it asks for. */
export type Need = { right: Right; model: string };

/** The stores for a command that changes something: whoever may not is refused before anything is done. */
export const actWithStores = <T>(
  need: Need,
  use: (given: { stores: Stores; environment: Environment; person: Person }) => Promise<T>,
): Promise<T> =>
  withStores(async (stores, environment) =>
    use({ stores, environment, person: await admitted(stores, environment, need) }),
  );

/** The same with the loop. What is needed may have to be read first, such as the model of a run. */
export async function actWithLoop<T>(
  need: Need | ((stores: Stores) => Promise<Need>),
  use: (given: { loop: Loop; stores: Stores; environment: Environment; person: Person }) => Promise<T>,
): Promise<T> {
  return withStores(async (stores, environment) => {
    const known = typeof need === 'function' ? await need(stores) : need;
    const person = await admitted(stores, environment, known);
    const { connectLoop } = await import('../infra/temporal/loop.ts');
    const { loop, close } = await connectLoop(environment);
    try {
      return await use({ loop: withinBudget(loop, stores), stores, environment, person });
    } finally {
      await close();
    }
  });
}

export async function withTuning<T>(
  environment: Pick<Environment, 'artifacts'>,
  use: (tuning: FineTuning) => Promise<T>,
): Promise<T> {
  const { createPredictor, createTrainer } = await import('../infra/trainer.ts');
  const predictor = createPredictor();
  try {
    return await use({
      trainer: createTrainer(),
      predictor,
      artifacts: openArtifacts(environment),
      bases: createBaseStore(),
    });
  } finally {
    await predictor.close();
  }
}

/** Brings the schema up to date; returns the names of the migrations that were applied. */
export async function migrateSchema(
  environment: Pick<Environment, 'databaseUrl' | 'namespace'> = readEnvironment(),
): Promise<string[]> {
  return migrate(environment.databaseUrl, environment.namespace);
}
