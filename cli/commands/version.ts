import { action, documented } from './action.ts';
import { table } from '../output.ts';
import type { Command } from 'commander';

export function addVersionCommands(program: Command): void {
  const version = program.command('version').description('versions: the registry and the way back');

  documented(version.command('list').argument('<model>').description('every version with its role'), [
    'version list electricity',
  ]).action(
    action(async (_options, model) => {
      const { withStores } = await import('../wiring.ts');
      return withStores(async (stores) => {
        await stores.models.get(model);
        const versions = await stores.versions.list(model);
        return {
          json: versions,
          text:
            versions.length === 0
              ? `No version of ${model} yet.`
              : table([
                  ['VERSION', 'ROLE', 'ON TEST', 'PARENT', 'CREATED', 'PROMOTED', 'DIGEST'],
                  ...versions.map((v) => [
                    v.version,
                    v.forced === undefined ? v.role : `${v.role}, forced by ${v.forced.by}`,
                    v.accuracyOnTest?.toFixed(3) ?? 'unknown',
                    v.parent ?? '',
                    v.createdAt,
                    v.promotedAt ?? 'never',
                    v.digest.slice(0, 12),
                  ]),
                ]),
          next:
            versions.length === 0
              ? `driftloop model bootstrap ${model} --data FILE --label COLUMN`
              : `driftloop version rollback ${model}`,
        };
      });
    }),
  );

  documented(
    version
      .command('import')
      .argument('<folder>', 'an artifact: driftloop.json and model.safetensors')
      .requiredOption('--model <name>', 'the model that it is a version of')
      .description('registers an artifact; the first version of a model becomes its champion'),
    ['version import ./artifact --model electricity'],
  ).action(
    action(async (options: { model: string; json?: boolean }, folder) => {
      const { importVersion } = await import('./import-version.ts');
      return importVersion({ model: options.model, folder: folder });
    }),
  );

  documented(
    version
      .command('sign')
      .argument('<model>')
      .argument('[version]', 'default: every version of the model')
      .description('signs artifacts that are stored already, with DRIFTLOOP_SIGNING_KEY'),
    ['version sign electricity', 'version sign electricity v3'],
  ).action(
    action(async (_options, model, version) => {
      const { signVersions } = await import('./sign-versions.ts');
      return signVersions({ model, ...(version ? { version } : {}) });
    }),
  );

  documented(
    version
      .command('rollback')
      .argument('<model>')
      .argument('[version]', 'default: the last champion that served healthily')
      .option('--reason <text>', 'why; it is kept', 'rolled back by a person')
      .description('the way back: an earlier version answers everything again'),
    ['version rollback electricity', 'version rollback electricity v3 --reason "wrong prices since v4"'],
  ).action(
    action(async (options: { reason: string; json?: boolean }, model, to) => {
      const { rollback } = await import('./rollback.ts');
      return rollback({ model: model, ...(to ? { version: to } : {}), reason: options.reason });
    }),
  );

  documented(
    program
      .command('rollback')
      .description('the way back, tried out (the way itself: version rollback)')
      .command('drill')
      .argument('<model>')
      .argument('[version]', 'default: the last champion that served healthily')
      .option('--reason <text>', 'why; it is kept', 'a drill')
      .description('loads and tests the version to go back to, and says how long it takes; moves nothing'),
    ['rollback drill electricity', 'rollback drill electricity v3 --reason "every Monday"'],
  ).action(
    action(async (options: { reason: string; json?: boolean }, model, to) => {
      const { rollbackDrill } = await import('./rollback-drill.ts');
      return rollbackDrill({ model, ...(to ? { version: to } : {}), because: options.reason });
    }),
  );
}
