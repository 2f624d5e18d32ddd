import { afterAll, beforeAll } from 'vitest';
import { keepsTheStoresContract } from '../../contracts/stores.ts';
import { openTestDatabase, startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());

keepsTheStoresContract('Postgres', async () => {
  const { stores, close } = await openTestDatabase(postgres.databaseUrl);
  return { ...stores, close };
});
