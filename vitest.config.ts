import { defineConfig } from 'vitest/config';

/** They watch a clock, and have nothing beside them but one more of them. */
const clocks = [
  'tests/end-to-end/{chaos,console-story,demo,electricity}.test.ts',
  'tests/integration/{prometheus-alerts,temporal-loop}.test.ts',
];

/** Small networks: more threads than one would mostly wait for each other, and for the file beside. */
const oneThread = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' };

/** What the tests on real services share: parts are found or fetched once, and a service may take its time. */
const onServices = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // A busy machine may take a service away for longer than a test waits. What passes at the second try is named at the
  // end of the run (tests/support/second-try.ts); what is wrong stays wrong.
  retry: 1,
  expect: { poll: { timeout: 10_000 } },
  pool: 'forks' as const,
  globalSetup: ['tests/support/provision.ts'],
  setupFiles: ['tests/support/shared-data.ts'],
  env: oneThread,
};

/**
 * Projects, one after the other: what runs in milliseconds and needs nothing; what runs on real services of its own,
 * with the stories that are told in skipped time; and what watches a clock, such as a whole loop.
 */
export default defineConfig({
  test: {
    // Each project would transform again what those before it have.
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/{unit,properties,vectors,replays}/**/*.test.{ts,tsx}', 'tests/*.test.ts'],
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
          // Ninety small files: loading the modules anew for each would take longer than the tests.
          isolate: false,
          maxWorkers: 2,
          setupFiles: ['tests/support/shared-data.ts'],
          env: oneThread,
        },
      },
      {
        test: {
          ...onServices,
          name: 'services',
          globalSetup: [...onServices.globalSetup, 'tests/support/shared-postgres.ts'],
          include: ['tests/{integration,end-to-end}/**/*.test.{ts,tsx}'],
          exclude: clocks,
          sequence: { groupOrder: 1 },
          // As above: what they share takes seconds to load.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...onServices,
          name: 'stories',
          // Seconds each; where one is lost, those after it in its file are too, and must not take hours to say so.
          testTimeout: 60_000,
          // The skipping server loses count of who holds its clock (tests/support/free-clock.ts), on a busy machine also
          // where that cannot be made up for: what never ended is told once more, on a server of its own. What was wrong stays wrong.
          retry: { count: 1, condition: /^Test timed out/ },
          include: ['tests/workflows/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...onServices,
          name: 'loop',
          include: clocks,
          sequence: { groupOrder: 2 },
          maxWorkers: 2,
        },
      },
    ],
  },
});
