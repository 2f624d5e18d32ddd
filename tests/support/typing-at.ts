import { onTestFinished, vi } from 'vitest';
import { typeHere, type Said } from './command-line.ts';
import { tempFolder } from './temp-folder.ts';

/** A command line of this test beside a database: nothing else of an installation is there. */
export function typingAt(
  { databaseUrl, namespace }: { databaseUrl: string; namespace: string },
  more: Readonly<Record<string, string>> = {},
): { folder: string; type: (...args: string[]) => Promise<Said> } {
  const folder = tempFolder();
  const variables = {
    DATABASE_URL: databaseUrl,
    DRIFTLOOP_NAMESPACE: namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: 'nowhere:7233',
    DRIFTLOOP_KAFKA_BROKERS: 'nowhere:9092',
    DRIFTLOOP_PROMETHEUS_URL: 'http://nowhere:9090',
    DRIFTLOOP_ARTIFACTS: folder,
    DRIFTLOOP_TOKEN: 'sixteen-letters-or-more',
    ...more,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return { folder, type: (...args) => typeHere(folder, ...args) };
}
