import { expect, test } from 'vitest';
import { chooseTraining } from '../../../activities/choose-training.ts';
import { command, defineDriftloop, defineModel, fromChampion, parseConfig } from '../../../domain/config.ts';
import { lora } from '../../../domain/fine-tune-config.ts';
import { category, image, text } from '../../../domain/input.ts';
import type { BaseStore } from '../../../domain/ports.ts';
import { classification } from '../../../domain/task.ts';
import { writeSignature } from '../../../training/signature-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const given = { name: 'messages', task: classification({ labels: ['a', 'b'] }), input: { text: text() } };
const program = command(['python3', 'train.py'], { settings: { rank: 4 } });
const modelOf = (rest: object) =>
  parseConfig(defineDriftloop({ models: [defineModel({ ...given, ...rest })] })).models[0]!;
/** A program opens its base by itself, on whichever machine. */
const noBases: BaseStore = { open: (name) => Promise.reject(new Error(`opened ${name}`)) };
const champion = () => Promise.resolve('/artifacts/champion');
const old = { rehearsal: 'rehearsal.jsonl', golden: 'golden.jsonl' };

test('a program is told what the config says, and is given the champion where it shall begin from that', async () => {
  const fineTune = lora({ rank: 8 });
  const pretrained = modelOf({ trainer: program, fineTune, base: 'hf:owner/name' });
  const told = { champion, old, bases: noBases };
  expect(await chooseTraining(pretrained, told)).toEqual({
    training: {
      kind: 'program',
      trainer: { ...program, silence: '1h', grace: '10s' },
      wish: expect.objectContaining({ method: 'lora', rank: 8 }) as object,
      base: { kind: 'pretrained', from: 'hf:owner/name' },
      champion: null,
      old,
    },
    lineage: {},
    note: null,
  });
  const again = await chooseTraining(modelOf({ trainer: program, base: fromChampion() }), told);
  expect(again.training).toMatchObject({ kind: 'program', wish: null, champion: '/artifacts/champion' });
});

test('a model without a program is trained by Driftloop', async () => {
  const { training } = await chooseTraining(modelOf({}), { champion, old, bases: noBases });
  expect(training).toEqual({ kind: 'text', wish: null, base: null, old: null });
});

test('a champion that sees images of another size is not gone on from, which is said', async () => {
  const photo = image({ width: 8, height: 8, channels: 1 });
  const folder = tempFolder();
  const task = { kind: 'classification', labels: ['a', 'b'] };
  await writeSignature(folder, {
    format: 1,
    kind: 'image-classifier',
    model: { name: 'messages', task, input: { photo } },
    temperature: 1,
    training: {
      rows: 1,
      validationRows: 1,
      steps: 1,
      epochs: 1,
      bestEpoch: 1,
      validationLoss: 1,
      backend: 'b',
      notes: [],
    },
    lineage: {},
  });
  const there = { champion: () => Promise.resolve(folder), old, bases: noBases };
  const same = await chooseTraining(modelOf({ base: fromChampion(), input: { photo } }), there);
  expect(same).toMatchObject({ training: { kind: 'image', base: folder, old }, note: null });
  const larger = { photo: { ...photo, width: 16 } };
  const other = await chooseTraining(modelOf({ base: fromChampion(), input: larger }), there);
  expect(other).toMatchObject({ training: { kind: 'image', base: null, old: null } });
  expect(other.note).toMatch(/8 × 8 × 1.*16 × 8 × 1.*from scratch/);
});

test('a champion of another kind of network is not gone on from, which is said', async () => {
  const folder = tempFolder();
  await writeSignature(folder, { kind: 'text-classifier' });
  const there = { champion: () => Promise.resolve(folder), old, bases: noBases };
  const alone = await chooseTraining(modelOf({ base: fromChampion() }), there);
  expect(alone).toMatchObject({ training: { kind: 'text', base: folder, old }, note: null });

  const input = { text: text(), plan: category(['free', 'team']) };
  const among = await chooseTraining(modelOf({ base: fromChampion(), input }), there);
  expect(among.training).toMatchObject({ kind: 'table', warmStart: null });
  expect(among.note).toMatch(/a network for texts.*a network for columns.*from scratch/);
});
