import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Conversation } from '../../../../domain/conversation.ts';
import { createFolderStore } from '../../../../infra/artifacts/folder-store.ts';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import { readOver } from '../../../../training/adapters/over-base.ts';
import { createSharedBases } from '../../../../training/adapters/shared-bases.ts';
import type { Tf } from '../../../../training/backend.ts';
import { lookUpTables } from '../../../../training/quantisation/look-up-tables.ts';
import { disposeNetwork } from '../../../../training/quantisation/quantised-network.ts';
import { openTextVersion } from '../../../../training/text-classification/open-text-version.ts';
import { loadDecoder } from '../../../../training/text-generation/hold-decoder.ts';
import { openGenerator } from '../../../../training/text-generation/open-generator.ts';
import {
  putBase,
  someLora,
  temperatures,
  trainReader,
  trainWriter,
} from '../../../support/adapter-versions.ts';
import { colourRows } from '../../../support/colours.ts';
import { needsShared, shared } from '../../../support/shared-data.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const WRITER = 'vectors/finetune/llama-untied';
const READER = 'vectors/finetune/bert';
const asked: Conversation[] = colourRows.slice(0, 6).map(({ prompt }) => [{ role: 'user', content: prompt }]);
const scored: Conversation[] = colourRows.slice(0, 6).map(({ prompt, answer }) => [
  { role: 'user', content: prompt },
  { role: 'assistant', content: answer },
]);

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
const weightsIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.safetensors'));

/** Of a machine that others are busy on, too. */
const PATIENCE = 180_000;

let tf: Tf;
let before: number;
beforeEach(async () => {
  ({ tf } = await loadBackend());
  // They stay for as long as TensorFlow does.
  lookUpTables(tf);
  before = tf.memory().numTensors;
}, PATIENCE);
afterEach(() => expect(tf.memory().numTensors).toBe(before));

test.each(['lora', 'qlora'] as const)(
  '%s: an adapter over a base answers as the same training does when it is merged',
  { ...needsShared(WRITER), timeout: PATIENCE },
  async (kind) => {
    const scratch = tempFolder();
    const store = createFolderStore(path.join(scratch, 'store'));
    const base = shared(WRITER);
    const baseDigest = await putBase(store, base, scratch);
    const training = { base, method: { kind, lora: someLora }, seed: 3 };
    const merged = await trainWriter({
      ...training,
      baseDigest: null,
      outFolder: path.join(scratch, 'merged'),
    });
    const apart = await store.open(
      (
        await store.put(
          await trainWriter({ ...training, baseDigest, outFolder: path.join(scratch, 'apart') }),
        )
      ).digest,
    );
    expect(await readOver(apart)).toEqual({
      digest: baseDigest,
      packing: kind === 'qlora' ? { embeddings: expect.any(String) } : null,
    });
    expect(weightsIn(apart)).toEqual(['adapter/adapter_model.safetensors']);
    expect(bytesIn(path.join(apart, 'adapter'))).toBeLessThan(
      statSync(path.join(merged, 'model.safetensors')).size,
    );

    const [whole, over] = [await openGenerator(tf, merged), await openGenerator(tf, apart)];
    const [a, b] = [await whole.score(scored), await over.score(scored)];
    for (const [i, { loss }] of a.entries()) expect(b[i]!.loss).toBeCloseTo(loss, 3);
    expect(await over.answer(asked)).toEqual(await whole.answer(asked));
    whole.dispose();
    over.dispose();

    // What goes on from it begins as what goes on from the merged one does.
    const [fromWhole, fromOver] = [await loadDecoder(tf, merged), await loadDecoder(tf, apart)];
    expect([...fromOver.parameters.keys()].sort()).toEqual([...fromWhole.parameters.keys()].sort());
    for (const [name, variable] of fromWhole.parameters) {
      const apartFrom = tf.tidy(() => tf.max(tf.abs(tf.sub(variable, fromOver.parameters.get(name)!))));
      expect((await apartFrom.data())[0], name).toBeLessThan(1e-5);
      apartFrom.dispose();
    }
    disposeNetwork(tf, fromWhole);
    disposeNetwork(tf, fromOver);
  },
);

test(
  'adapters over one base hold it once, whatever they tell apart; the last that goes frees it',
  { ...needsShared(READER), timeout: PATIENCE },
  async () => {
    const scratch = tempFolder();
    const store = createFolderStore(path.join(scratch, 'store'));
    const base = shared(READER);
    const baseDigest = await putBase(store, base, scratch);
    const labelled = [
      ['cold', 'warm'],
      ['warm', 'cold', 'mild'],
      ['cold', 'warm'],
    ];
    const folders: string[] = [];
    const mergedAnswers = [];
    for (const [i, labels] of labelled.entries()) {
      const training = { base, seed: i + 1 };
      const apart = await trainReader(
        { ...training, baseDigest, outFolder: path.join(scratch, `a${i}`) },
        labels,
      );
      folders.push(await store.open((await store.put(apart)).digest));
      const merged = await trainReader(
        { ...training, baseDigest: null, outFolder: path.join(scratch, `m${i}`) },
        labels,
      );
      const whole = await openTextVersion(tf, merged);
      mergedAnswers.push(await whole.answer(temperatures.rows));
      whole.dispose();
    }
    const baseBytes = statSync(path.join(base, 'model.safetensors')).size;
    const bytesBefore = tf.memory().numBytes;
    const bases = createSharedBases(tf);
    const open = await Promise.all(folders.map((folder) => openTextVersion(tf, folder, bases)));
    const ownBytes = folders.reduce((sum, folder) => sum + bytesIn(path.join(folder, 'adapter')), 0);
    // What adapters have learnt, twice over for the heads that they bring, and the base once.
    expect(tf.memory().numBytes - bytesBefore).toBeLessThan(baseBytes + 2 * ownBytes);

    for (const [i, version] of open.entries()) {
      const answers = await version.answer(temperatures.rows);
      for (const [row, { label, scores }] of answers.entries()) {
        const merged = mergedAnswers[i]![row]!;
        expect(label).toBe(merged.label);
        for (const [name, score] of Object.entries(scores))
          expect(score).toBeCloseTo(merged.scores[name]!, 3);
      }
    }
    open[0]!.dispose();
    open[2]!.dispose();
    // The one that is left still has its base.
    expect((await open[1]!.answer(temperatures.rows.slice(0, 1)))[0]!.label).toBe(
      mergedAnswers[1]![0]!.label,
    );
    open[1]!.dispose();
    await expect.poll(() => tf.memory().numBytes).toBe(bytesBefore);
  },
);

test('PEFT finds what it needs beside the base', needsShared(WRITER), async () => {
  const scratch = tempFolder();
  const store = createFolderStore(path.join(scratch, 'store'));
  const baseDigest = await putBase(store, shared(WRITER), scratch);
  const apart = await trainWriter({
    base: shared(WRITER),
    baseDigest,
    seed: 1,
    epochs: 1,
    outFolder: path.join(scratch, 'apart'),
  });
  const config = JSON.parse(
    readFileSync(path.join(apart, 'adapter', 'adapter_config.json'), 'utf8'),
  ) as object;
  expect(config).toMatchObject({ peft_type: 'LORA', r: 4, base_model_name_or_path: shared(WRITER) });
  expect(readdirSync(apart)).toContain('tokenizer.json');
});
