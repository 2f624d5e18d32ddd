import { defineConfig } from 'vitest/config';

/**
 * Two projects: what runs in milliseconds and needs nothing, and what runs on the real services. The second
 * provisions and starts them once for all of its files, and runs its files one after the other.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/{unit,properties,vectors,replays}/**/*.test.{ts,tsx}', 'tests/*.test.ts'],
          testTimeout: 30_000,
          // Ninety small files: loading the modules anew for each would take longer than the tests.
          isolate: false,
          maxWorkers: 2,
          setupFiles: ['tests/support/shared-data.ts'],
        },
      },
      {
        test: {
          name: 'services',
          include: ['tests/{workflows,integration,end-to-end}/**/*.test.{ts,tsx}'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          pool: 'forks',
          globalSetup: ['tests/support/provision.ts'],
          setupFiles: ['tests/support/shared-data.ts'],
        },
      },
    ],
  },
});
