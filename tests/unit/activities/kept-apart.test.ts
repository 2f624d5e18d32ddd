import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { keptApart } from '../../../activities/kept-apart.ts';
import { measureArtifact } from '../../../activities/measure-artifact.ts';
import { defineDriftloop, defineModel, fromChampion, parseConfig } from '../../../domain/config.ts';
import { full, lora, qlora } from '../../../domain/fine-tune-config.ts';
import { text } from '../../../domain/input.ts';
import type { TrainingJob } from '../../../domain/ports.ts';
import { classification } from '../../../domain/task.ts';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const given = { name: 'messages', task: classification({ labels: ['a', 'b'] }), input: { text: text() } };
const modelOf = (rest: object) =>
  parseConfig(defineDriftloop({ models: [defineModel({ ...given, ...rest })] })).models[0]!;
const outside = {
  serving: { kind: 'outside', webhook: 'https://example.org/deploy', secretEnv: 'HANDOVER' },
};
const named = { base: 'hf:owner/name' };

/** A base, a version that is an adapter over it, and what is told of a training that goes on from either. */
async function situation() {
  const scratch = tempFolder();
  const at = (name: string) => path.join(scratch, name);
  const artifacts = createFolderStore(at('store'));
  mkdirSync(at('base'));
  writeFileSync(at('base/config.json'), '{}');
  writeFileSync(at('base/model.safetensors'), 'weights');
  const told = (base: string | null): { training: TrainingJob['training']; note: string | null } => ({
    training: { kind: 'text', wish: null, base, old: null },
    note: 'said before',
  });
  return { artifacts, at, told, scratch };
}

test.each([
  ['lora goes on from a base that is named', { fineTune: lora(), ...named }, true],
  ['qlora does', { fineTune: qlora(), ...named }, true],
  ['the same is asked for merged', { fineTune: lora({ stored: 'merged' }), ...named }, false],
  ['all weights learn', { fineTune: full(), ...named }, false],
  ['nothing is said of the method', named, false],
  ['it goes on from the champion', { fineTune: lora(), base: fromChampion() }, false],
  ['it does, and is asked for apart', { fineTune: lora({ stored: 'adapter' }), base: fromChampion() }, true],
  ['a team serves it', { fineTune: lora(), ...named, ...outside }, false],
  [
    'a team serves it, and wants adapters',
    { fineTune: lora({ stored: 'adapter' }), ...named, ...outside },
    true,
  ],
])('where %s, its adapter is kept apart: %#', async (_, rest, isApart) => {
  const { artifacts, at, told, scratch } = await situation();
  const { training, note } = await keptApart(artifacts, modelOf(rest), told(at('base')), scratch);
  expect(note).toBe('said before');
  const { baseDigest } = training as { baseDigest?: string };
  if (!isApart) return expect(baseDigest).toBeUndefined();
  // It is there before a training begins that will be over it.
  const opened = await artifacts.open(baseDigest!);
  expect((await artifacts.files(baseDigest!)).map((file) => file.path)).toEqual([
    'config.json',
    'driftloop.json',
    'model.safetensors',
  ]);
  expect(opened).toContain(baseDigest);
});

test('what goes on from an adapter is stored whole, and says why', async () => {
  const { artifacts, at, told, scratch } = await situation();
  mkdirSync(at('champion'));
  writeFileSync(
    at('champion/driftloop.json'),
    JSON.stringify({ over: { digest: 'a'.repeat(64), packing: null } }),
  );
  const config = modelOf({ fineTune: lora({ stored: 'adapter' }), base: fromChampion() });
  const { training, note } = await keptApart(artifacts, config, told(at('champion')), scratch);
  expect(training).not.toHaveProperty('baseDigest');
  expect(note).toMatch(/^said before It goes on from an adapter/);
});

test('a training from scratch, of a table or by a program has no base to keep', async () => {
  const { artifacts, told, scratch } = await situation();
  const config = modelOf({ fineTune: lora(), ...named });
  expect(await keptApart(artifacts, config, told(null), scratch)).toEqual(told(null));
});

test('a bound on the size of a version counts what it is over: a server has to have both', async () => {
  const { artifacts, at, told, scratch } = await situation();
  const config = modelOf({ fineTune: lora(), ...named });
  const { training } = await keptApart(artifacts, config, told(at('base')), scratch);
  const { baseDigest } = training as { baseDigest: string };
  mkdirSync(at('version'));
  writeFileSync(
    at('version/driftloop.json'),
    JSON.stringify({ over: { digest: baseDigest, packing: null } }),
  );
  const version = await artifacts.put(at('version'));
  const base = await artifacts.files(baseDigest);
  const measured = await measureArtifact({ artifacts, predictor: fakePredictor().predictor }, version, [], {
    megabytesAtMost: 1,
  });
  expect(measured!.bytes).toBe(base.reduce((sum, { bytes }) => sum + bytes, version.bytes));
});
