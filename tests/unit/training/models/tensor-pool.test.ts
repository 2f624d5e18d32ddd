import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Conversation } from '../../../../domain/conversation.ts';
import { createTensorPool } from '../../../../training/models/tensor-pool.ts';
import { random } from '../../../../training/random.ts';
import { readSafetensors, writeSafetensors } from '../../../../training/safetensors.ts';
import { openGenerator } from '../../../../training/text-generation/open-generator.ts';
import { needsShared } from '../../../support/shared-data.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import { WRITER_BASE, writeWriterVersion } from '../../../support/writer-version.ts';

const VERSIONS = 4;
const asked: Conversation[] = [[{ role: 'user', content: 'hello' }]];
/** What an adapter on two kinds of matrices changes, merged. */
const isAdapted = (name: string) => /\.(q|v)_proj\.weight$/.test(name);

async function writeVersion(seed: number) {
  const folder = await writeWriterVersion(path.join(tempFolder(), `v${seed}`), { longestAnswer: 8 });
  const file = path.join(folder, 'model.safetensors');
  const chance = random(seed);
  const tensors = readSafetensors(readFileSync(file)).map((tensor) =>
    isAdapted(tensor.name)
      ? { ...tensor, values: tensor.values.map((value) => value + 0.2 * (chance.uniform() - 0.5)) }
      : tensor,
  );
  writeFileSync(file, writeSafetensors(tensors));
  const sizes = tensors.map(({ name, values }) => [isAdapted(name), values.byteLength] as const);
  const bytes = (adapted: boolean) => sizes.reduce((sum, [is, size]) => sum + (is === adapted ? size : 0), 0);
  return { folder, adapted: bytes(true), common: bytes(false) };
}

test(
  'versions of one base hold it once, answer as they do alone, and the last frees it',
  needsShared(WRITER_BASE),
  async () => {
    const tf = await (await tensorflows()).at(-1)!.select();
    const versions = await Promise.all(Array.from({ length: VERSIONS }, (_, seed) => writeVersion(seed + 1)));
    const alone: string[] = [];
    for (const { folder } of versions) {
      const version = await openGenerator(tf, folder);
      alone.push((await version.answer(asked))[0]!.text);
      version.dispose();
    }
    const before = tf.memory();
    const pool = createTensorPool();
    const open = await Promise.all(versions.map(({ folder }) => openGenerator(tf, folder, { pool })));
    const { adapted, common } = versions[0]!;
    const heldBytes = tf.memory().numBytes - before.numBytes;
    expect(heldBytes).toBeLessThanOrEqual(common + VERSIONS * adapted);
    expect(heldBytes).toBeGreaterThan(VERSIONS * adapted);
    // Not as much as a half of what they are one by one.
    expect(heldBytes).toBeLessThan((VERSIONS * (common + adapted)) / 2);

    const together = await Promise.all(open.map((version) => version.answer(asked)));
    expect(together.map(([answer]) => answer!.text)).toEqual(alone);
    open[0]!.dispose();
    expect((await open[1]!.answer(asked))[0]!.text).toBe(alone[1]);
    for (const version of open.slice(1)) version.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  },
);
