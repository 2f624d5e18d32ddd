/** Writes what Driftloop writes to disk, in a process whose files may hardly grow, and says how each of it ended. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { writeDevFile } from '../../cli/dev-file.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { createRouteFile } from '../../serving/route-file.ts';
import { writeArtifact } from '../../training/artifact.ts';
import { meterConfig } from '../fakes/serving-world.ts';

const folder = process.argv[2]!;
const at = (name: string) => path.join(folder, name);
const codeOf = (work: () => Promise<unknown>): Promise<string> =>
  work().then(
    () => 'written',
    (error: unknown) => (error instanceof DriftloopError ? error.code : String(error)),
  );

const store = createFolderStore(at('artifacts'));
const ref = { version: 'v1', digest: 'd' };
const route = { generation: 1, champion: ref, challenger: null, updatedAt: '' };
const routed = Array.from({ length: 200 }, (_, i) => ({
  config: meterConfig(),
  route: { model: `m${i}`, ...route },
}));
const environment = { LONG: 'x'.repeat(100_000) };
const signature = { notes: 'x'.repeat(100_000) };
console.log(
  JSON.stringify({
    artifact: await codeOf(() => store.put(at('made'))),
    made: await codeOf(() => writeArtifact(at('trained'), { signature, weights: [] } as never)),
    routes: await codeOf(() => createRouteFile(at('routes.json')).write(routed)),
    dev: await codeOf(() => writeDevFile(at('dev'), { pid: 1, environment, addresses: {}, stateDir: '' })),
    left: [...readdirSync(at('artifacts')), ...readdirSync(folder).filter((name) => name === 'routes.json')],
  }),
);
