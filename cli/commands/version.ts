import path from 'node:path';
import { action, documented } from './action.ts';
import { table } from '../output.ts';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportFormat } from '../operate/export-version.ts';
import { shellWord } from '../shell-word.ts';

export function addVersionCommands(program: Command): void {
  const version = program.command('version').description('versions: the registry and the way back');

  documented(version.command('list').argument('<model>').description('every version with its role'), [
    'version list electricity',
  ]).action(
    action(async (_options, model) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ version: noun }) => {
        const versions = await noun.list(model);
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
              : versions.some(({ role, promotedAt }) => role === 'retired' && promotedAt !== null)
                ? `driftloop version rollback ${model}`
                : `driftloop run start ${model}`,
        };
      });
    }),
  );

  documented(
    version
      .command('compare')
      .argument('<model>')
      .argument('<a>', 'a version')
      .argument('<b>', 'the version that is held against it')
      .description('two versions: which is better, by which test, and what made them differ'),
    ['version compare electricity v3 v4'],
  ).action(
    action(async (_options, model, a, b) => {
      const { compare } = await import('./compare-versions.ts');
      return compare(model, [a, b]);
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
    action(async ({ model }: { model: string; json?: boolean }, folder) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ version: noun }) => {
        const { version, digest, beside } = await noun.import(model, folder);
        return {
          json: { model, version, digest, champion: beside === null },
          text:
            beside === null
              ? `${version} is the first champion of ${model}.`
              : `${version} of ${model} is registered as a challenger. It has to prove itself against ${beside}.`,
          next:
            beside === null
              ? `driftloop model show ${model}`
              : `driftloop run start ${model} --version ${version}`,
        };
      });
    }),
  );

  documented(
    version
      .command('export')
      .argument('<model>')
      .argument('<version>')
      .addOption(
        new Option(
          '--format <format>',
          'for transformers and others, for ONNX Runtime, or for `version import`',
        )
          .choices(['safetensors', 'onnx', 'driftloop'])
          .default('safetensors'),
      )
      .requiredOption('--out <folder>', 'a folder that is not there yet, or empty')
      .description('writes a version where other tools open it'),
    ['version export electricity v3 --out ./v3', 'version export electricity v3 --format onnx --out ./v3'],
  ).action(
    action(async (options: { format: ExportFormat; out: string; json?: boolean }, model, name) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ version: noun }) => {
        const { format, out } = options;
        const json = await noun.export(model, name, { format, out });
        return {
          json,
          text: `Wrote ${json.files.map((file) => path.relative(out, file)).join(', ')} of ${name} to ${out}.`,
          next:
            format === 'driftloop'
              ? `driftloop version import ${shellWord(out)} --model ${model}   (in another installation)`
              : 'docs/export.md says how it is opened',
        };
      });
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
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ version: noun }) => {
        const json = await noun.sign(model, version);
        const { signed } = json;
        return {
          json,
          text:
            signed.length === 0 ? `No version of ${model} yet.` : `Signed ${signed.join(', ')} of ${model}.`,
          next: 'Set DRIFTLOOP_TRUSTED_KEYS where versions are served.',
        };
      });
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
      const { withDriftloop } = await import('../wiring.ts');
      const { sayProof } = await import('../../activities/way-back.ts');
      return withDriftloop(async ({ version: noun }) => {
        const json = await noun.rollback(model, { ...(to ? { to } : {}), reason: options.reason });
        const { champion, generation, proof } = json;
        return {
          json,
          text: `${champion} answers everything for ${model} again (generation ${generation}). ${sayProof(proof)}`,
          next: `driftloop model show ${model}`,
        };
      });
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
      const { withDriftloop } = await import('../wiring.ts');
      const { sayProof } = await import('../../activities/way-back.ts');
      return withDriftloop(async ({ rollback }) => {
        const json = await rollback.drill(model, { ...(to ? { to } : {}), reason: options.reason });
        const { target, seconds, proof } = json;
        return {
          json,
          text: `The way back of ${model} leads to ${target} and is open: ${seconds} s until it could take over. ${sayProof(proof)}`,
          next: `driftloop audit list --model ${model}`,
        };
      });
    }),
  );
}
