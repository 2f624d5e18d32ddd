import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { loadNetwork } from '../../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../../training/models/model-folder.ts';
import { labelsOfBase, relabelHead } from '../../../../training/models/relabel-head.ts';
import { startNetwork } from '../../../../training/models/start-network.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import { classes, tinyConfigs, writeTinyBase } from '../../../support/tiny-bases.ts';

const { select } = (await tensorflows()).at(-1)!;
let tf: Tf;
let before: number;
beforeAll(async () => {
  tf = await select();
  before = tf.memory().numTensors;
});
afterAll(() => expect(tf.memory().numTensors).toBe(before));

const rowsOf = ({ parameters }: LoadedNetwork, name: string) =>
  parameters.get(name)!.arraySync() as number[] | number[][];
const dispose = ({ parameters }: LoadedNetwork) => tf.dispose([...parameters.values()]);

describe('a head for other labels', () => {
  test('a known label keeps its row, wherever it stands now; a new one begins anew', () => {
    const learnt = startNetwork(tf, tinyConfigs.bert, classes(3), 7);
    const old = { ...learnt, fresh: [] };
    const weight = rowsOf(old, 'classifier.weight');
    tf.tidy(() => old.parameters.get('classifier.bias')!.assign(tf.tensor1d([1, 2, 3])));
    const { network, known } = relabelHead(tf, old, { from: ['a', 'b', 'c'], to: ['d', 'c', 'a'], seed: 1 });
    expect(known).toEqual([2, 1]);
    const now = rowsOf(network, 'classifier.weight');
    expect(now[1]).toEqual(weight[2]);
    expect(now[2]).toEqual(weight[0]);
    expect(weight).not.toContainEqual(now[0]);
    expect(rowsOf(network, 'classifier.bias')).toEqual([0, 3, 1]);
    expect(network.fresh).toEqual(['classifier.weight', 'classifier.bias']);
    expect(network.parts.linears.at(-1)).toMatchObject({ module: 'classifier', outputs: 3 });
    dispose(network);
  });

  test('with all labels known nothing is new, and there may be fewer', () => {
    const old = { ...startNetwork(tf, tinyConfigs.llama, classes(3), 7), fresh: [] };
    const weight = rowsOf(old, 'score.weight');
    const { network, known } = relabelHead(tf, old, { from: ['a', 'b', 'c'], to: ['c', 'b'], seed: 1 });
    expect(known).toEqual([1, 0]);
    expect(rowsOf(network, 'score.weight')).toEqual([weight[2], weight[1]]);
    expect(network.fresh).toEqual([]);
    dispose(network);
  });

  test('a base that has labels but no head knows none of them', async () => {
    const folder = path.join(tempFolder(), 'base');
    await writeTinyBase(folder, 'bert', { id2label: { 0: 'a', 1: 'b' } });
    const loaded = await loadNetwork(tf, folder, classes(2), { seed: 1 });
    expect(labelsOfBase(loaded.json)).toEqual(['a', 'b']);
    const { network, known } = relabelHead(tf, loaded, { from: ['a', 'b'], to: ['a', 'b'], seed: 1 });
    expect(known).toEqual([]);
    expect(network.fresh).toContain('classifier.weight');
    dispose(network);
  });
});

test('labels are read in the order of the head', () => {
  expect(labelsOfBase({ id2label: { 10: 'k', 2: 'c', 0: 'a' } })).toEqual(['a', 'c', 'k']);
  expect(labelsOfBase({})).toEqual([]);
  expect(labelsOfBase({ id2label: 'no' })).toEqual([]);
});
