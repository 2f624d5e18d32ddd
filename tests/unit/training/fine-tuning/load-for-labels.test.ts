import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { kindOfVersion } from '../../../../training/describe-version.ts';
import { loadForLabels } from '../../../../training/fine-tuning/load-for-labels.ts';
import { labelsOfBaseFolder } from '../../../../training/models/labels-of-base-folder.ts';
import { writeModelFolder } from '../../../../training/models/model-folder.ts';
import type { ProblemType } from '../../../../training/models/problem-type.ts';
import { startNetwork } from '../../../../training/models/start-network.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import { classes, tinyConfigs } from '../../../support/tiny-bases.ts';

const [one, many] = ['single_label_classification', 'multi_label_classification'] as const;
const tf = await (await tensorflows()).at(-1)!.select();

/** A base that knows three labels. */
async function baseFor(problem: ProblemType | null): Promise<string> {
  const folder = path.join(tempFolder(), 'base');
  const network = startNetwork(tf, tinyConfigs.bert, classes(3), 7);
  const said = problem === null ? {} : { problem_type: problem };
  await writeModelFolder(folder, network, { ...said, id2label: { 0: 'a', 1: 'b', 2: 'c' } }, null);
  tf.dispose([...network.parameters.values()]);
  return folder;
}

test.each([
  [one, one, [2, 0]],
  [many, many, [2, 0]],
  [null, one, [2, 0]],
  [one, many, []],
  [many, one, []],
  [null, many, []],
] as const)(
  'of a base for %s, what it has learnt of labels goes on in %s: %j',
  async (of, problem, known) => {
    const folder = await baseFor(of);
    const labels = ['c', 'd', 'a'];
    const loaded = await loadForLabels(tf, folder, { labels, problem, seed: 1, packing: null });
    // The base's order: a stands third now, b is gone, c stands first.
    expect(loaded.known.toSorted()).toEqual(known.toSorted());
    expect(loaded.network.parameters.get('classifier.weight')!.shape[0]).toBe(3);
    tf.dispose([...loaded.network.parameters.values()]);
    expect(await labelsOfBaseFolder(folder, problem)).toEqual(
      known.length === 0 ? { labels: [], otherwise: 3 } : { labels: ['a', 'b', 'c'], otherwise: 0 },
    );
  },
);

test('a version with any number of labels, and one that writes, are kinds of their own', async () => {
  const folder = tempFolder();
  const kindOf = async (kind: string) => {
    writeFileSync(path.join(folder, 'driftloop.json'), JSON.stringify({ kind }));
    return await kindOfVersion(folder);
  };
  expect(await kindOf('multi-label-text-classifier')).toBe('labels');
  expect(await kindOf('text-generator')).toBe('writer');
});
