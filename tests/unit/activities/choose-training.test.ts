import { expect, test } from 'vitest';
import { chooseTraining } from '../../../activities/choose-training.ts';
import { command, defineDriftloop, defineModel, fromChampion, parseConfig } from '../../../domain/config.ts';
import { lora } from '../../../domain/fine-tune-config.ts';
import { text } from '../../../domain/input.ts';
import type { BaseStore } from '../../../domain/ports.ts';
import { classification } from '../../../domain/task.ts';

const given = { name: 'messages', task: classification({ labels: ['a', 'b'] }), input: { text: text() } };
const program = command(['python3', 'train.py'], { settings: { rank: 4 } });
const modelOf = (rest: object) =>
  parseConfig(defineDriftloop({ models: [defineModel({ ...given, ...rest })] })).models[0]!;
/** A program opens its base by itself, on whichever machine. */
const noBases: BaseStore = { open: (name) => Promise.reject(new Error(`opened ${name}`)) };
const champion = () => Promise.resolve('/artifacts/champion');

test('a program is told what the config says, and is given the champion where it shall begin from that', async () => {
  const fineTune = lora({ rank: 8 });
  const pretrained = modelOf({ trainer: program, fineTune, base: 'hf:owner/name' });
  const told = { champion, bases: noBases };
  expect(await chooseTraining(pretrained, told)).toEqual({
    training: {
      kind: 'program',
      trainer: { ...program, silence: '1h', grace: '10s' },
      wish: expect.objectContaining({ method: 'lora', rank: 8 }) as object,
      base: { kind: 'pretrained', from: 'hf:owner/name' },
      champion: null,
    },
    lineage: {},
  });
  const again = await chooseTraining(modelOf({ trainer: program, base: fromChampion() }), told);
  expect(again.training).toMatchObject({ kind: 'program', wish: null, champion: '/artifacts/champion' });
});

test('a model without a program is trained by Driftloop', async () => {
  const { training } = await chooseTraining(modelOf({}), { champion, bases: noBases });
  expect(training.kind).toBe('text');
});
