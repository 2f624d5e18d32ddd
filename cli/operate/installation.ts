import process from 'node:process';
import type { Log } from '../../domain/log-events.ts';
import type { Person, Right } from '../../domain/person.ts';
import type { ArtifactStore, BaseStore, Loop, Predictor, Trainer } from '../../domain/ports.ts';
import { createBaseStore } from '../../infra/hub/base-store.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';
import { openArtifacts } from '../artifact-store.ts';
import type { Environment } from '../environment.ts';
import { admitted } from '../people.ts';
import { openTracing } from '../tracing.ts';
import { withinBudget } from '../within-budget.ts';

/** What is read or changed, and so the right that it asks for. */
export type Need = { right: Right; model: string };

/** What trains and tries versions. */
export type FineTuning = {
  trainer: Trainer;
  predictor: Predictor;
  artifacts: ArtifactStore;
  bases: BaseStore;
};

/** A command prints its answer on stdout; nothing else may stand there. */
const stderrLog: Pick<Log, 'warn' | 'info'> = {
  warn: (fields, message) => process.stderr.write(`${message}: ${JSON.stringify(fields)}\n`),
  info() {},
};

/** The parts of an installation as commands and programs reach them: each is opened when it is first needed. */
export type Installation = {
  stores: Stores;
  environment: Environment;
  /**
   * Who asks, if they may; without a need whoever is known, who is shown what is theirs (`mayDo`).
   *
   * @throws DL_UNAUTHORISED, DL_TOKEN_EXPIRED, DL_TOKEN_REVOKED, DL_FORBIDDEN, DL_OTHER_MODEL
   */
  admit(need?: Need): Promise<Person>;
  /** How supervisors, runs and rollouts are spoken to. */
  loop(): Promise<Loop>;
  tuning<T>(use: (tuning: FineTuning) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Throws DL_SCHEMA_OLDER, DL_SCHEMA_NEWER where the database is not the one that this Driftloop knows. */
export async function openInstallation(environment: Environment): Promise<Installation> {
  const stores = await openStores(environment);
  let connection: Promise<{ loop: Loop; close(): Promise<void> }> | null = null;
  const connect = async () => {
    const [{ connectLoop }, tracing] = await Promise.all([
      import('../../infra/temporal/loop.ts'),
      openTracing(environment, { service: 'driftloop-cli', log: stderrLog }),
    ]);
    try {
      const { loop, close } = await connectLoop(environment, { tracing });
      return {
        loop,
        async close() {
          await close();
          await tracing?.close();
        },
      };
    } catch (error) {
      await tracing?.close();
      throw error;
    }
  };
  return {
    stores,
    environment,
    admit: (need) => admitted(stores, environment, need),
    async loop() {
      connection ??= connect();
      try {
        return withinBudget((await connection).loop, stores);
      } catch (error) {
        // Asked again, it is tried again.
        connection = null;
        throw error;
      }
    },
    tuning: (use) => withTuning(environment, use),
    async close() {
      const connected = await connection?.catch(() => null);
      await connected?.close();
      await stores.close();
    },
  };
}

export async function withTuning<T>(
  environment: Pick<Environment, 'artifacts'>,
  use: (tuning: FineTuning) => Promise<T>,
): Promise<T> {
  const { createPredictor, createTrainer } = await import('../../infra/trainer.ts');
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
