import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --config infra/postgres/drizzle.config.ts --name what-changed` */
export default defineConfig({
  dialect: 'postgresql',
  out: './infra/postgres/migrations',
  schema: [
    'config',
    'registry',
    'runs',
    'snapshots',
    'gate',
    'ingest',
    'events',
    'deliveries',
    'people',
    'teach',
  ].map((f) => `./infra/postgres/schema/${f}.ts`),
});
