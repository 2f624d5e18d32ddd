import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { DIGITS, learnTurnedDigits } from '../bench/finetune/digits.ts';
import { typeHere } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Digits as PNG files, named beside their labels. */
async function writePictures(folder: string, name: string, lines: readonly string[]): Promise<void> {
  mkdirSync(path.join(folder, name));
  const rows = await Promise.all(
    lines.map(async (line, i) => {
      const numbers = line.split(',').map(Number);
      const bytes = Uint8Array.from(numbers.slice(0, 64), (x) => (255 * x) / 16);
      const image = `${name}/${i}.png`;
      const png = sharp(bytes, { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace('b-w')
        .png();
      await png.toFile(path.join(folder, image));
      return JSON.stringify({ image, label: String(numbers[64]) });
    }),
  );
  writeFileSync(path.join(folder, `${name}.jsonl`), rows.join('\n'));
}

test(
  'pictures need no flags; what came of them answers, and is tested as it was',
  needsShared(DIGITS),
  async () => {
    const folder = tempFolder();
    const lines = readFileSync(shared(DIGITS), 'utf8').trimEnd().split('\n').slice(1);
    await writePictures(folder, 'train', lines.slice(0, 500));
    await writePictures(folder, 'test', lines.slice(500, 600));
    const files = ['--train', 'train.jsonl', '--test', 'test.jsonl'];
    const trained = await typeHere(folder, 'finetune', ...files, '--epochs', '12', '--out', 'v1', '--json');
    expect(trained.code, trained.err).toBe(0);
    expect(trained.err).toContain('Images are those of column "image": 8 × 8 pixels in grey.');
    expect(trained.err).toMatch(/augmentation +moved by up to 10 %/);
    const line = JSON.parse(trained.out) as Record<string, number>;
    expect(line['accuracy']).toBeGreaterThan(0.7);
    expect(line['trainableParameters']).toBe(line['totalParameters']);
    expect(readdirSync(path.join(folder, 'v1')).toSorted()).toEqual([
      'config.json',
      'driftloop.json',
      'learnt.json',
      'metrics.json',
      'model.safetensors',
      'preprocessor_config.json',
      'report.html',
    ]);
    expect(readFileSync(path.join(folder, 'v1/report.html'), 'utf8')).toMatch(
      /brightness.*(dark|middling|bright)/s,
    );

    const again = await typeHere(folder, 'evaluate', '--artifact', 'v1', '--test', 'test.jsonl', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ rows: 100, accuracy: line['accuracy'] });
    writeFileSync(path.join(folder, 'new.csv'), 'image\ntest/0.png\ntest/1.png\n');
    const said = await typeHere(folder, 'predict', '--artifact', 'v1', '--data', 'new.csv');
    expect(said.out.trimEnd().split('\n')).toHaveLength(2);

    const broken = path.join(folder, 'test/7.png');
    writeFileSync(broken, readFileSync(broken).subarray(0, 60));
    const refused = await typeHere(folder, 'evaluate', '--artifact', 'v1', '--test', 'test.jsonl');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /DL_IMAGE_UNREADABLE {2}test\.jsonl, line 8: the image test\/7\.png cannot be used/,
    );
  },
);

test('digits turned by a quarter are learnt, and the plain ones kept', needsShared(DIGITS), async () => {
  const {
    base,
    unprotected,
    protected: kept,
  } = await learnTurnedDigits(tempFolder(), {
    epochs: { base: 12, next: 5 },
  });
  expect(base.plain).toBeGreaterThanOrEqual(0.97);
  expect(base.turned).toBeLessThan(0.4);
  expect(unprotected.plain).toBeLessThan(kept.plain - 0.1);
  expect(kept.plain).toBeGreaterThanOrEqual(0.97);
  expect(kept.turned).toBeGreaterThan(0.85);
});
