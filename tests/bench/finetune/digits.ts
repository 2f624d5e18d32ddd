import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { KEEP_NOTHING } from '../../../training/classification/keep-settings.ts';
import type { KeepSettings } from '../../../training/classification/keep-settings.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';
import { openImageVersion } from '../../../training/image-classification/open-image-version.ts';
import { recommendImages } from '../../../training/image-classification/recommend-images.ts';
import { trainImageVersion } from '../../../training/image-classification/train-image-version.ts';
import type { LabelledImages } from '../../../training/image-classification/train-image-version.ts';
import { random } from '../../../training/random.ts';
import { shared } from '../../support/shared-data.ts';

/** The UCI's handwritten digits, 8 × 8 pixels of 0 to 16. */
export const DIGITS = 'data/digits8x8.csv';
const SIDE = 8;
const size = { width: SIDE, height: SIDE, channels: 1 };
const labels = Array.from({ length: 10 }, (_, digit) => String(digit));
const WHITE = 16;
const TEST_ROWS = 397;
const VALIDATION_ROWS = 140;

/** Turned by a quarter, clockwise. A six turned so is no nine: all ten digits can still be told apart, beside plain ones. */
export const turned = (image: ImageBytes): ImageBytes =>
  image.map((_, i) => image[(SIDE - 1 - (i % SIDE)) * SIDE + Math.floor(i / SIDE)]!);

type Digits = Record<'train' | 'validation' | 'test', LabelledImages>;

function readDigits(seed: number): Digits {
  const lines = readFileSync(shared(DIGITS), 'utf8').trimEnd().split('\n').slice(1);
  const order = Int32Array.from(lines.keys());
  random(seed).shuffle(order);
  const rows = Array.from(order, (i) => lines[i]!.split(',').map(Number));
  const part = (from: number, to?: number): LabelledImages => ({
    images: rows.slice(from, to).map((row) => Uint8Array.from(row.slice(0, -1), (x) => (255 * x) / WHITE)),
    labels: rows.slice(from, to).map((row) => String(row.at(-1))),
  });
  return {
    test: part(0, TEST_ROWS),
    validation: part(TEST_ROWS, TEST_ROWS + VALIDATION_ROWS),
    train: part(TEST_ROWS + VALIDATION_ROWS),
  };
}

const quarterTurned = (digits: Digits): Digits => {
  const turn = (of: LabelledImages) => ({ ...of, images: of.images.map(turned) });
  return { train: turn(digits.train), validation: turn(digits.validation), test: turn(digits.test) };
};

/** Accuracy on plain and on turned test digits. */
export type Arm = { plain: number; turned: number; seconds: number };
export type TurnedDigits = { base: Arm; unprotected: Arm; protected: Arm };

/**
 * A network that has learnt digits learns them turned by a quarter: what it gains, and what it keeps, unprotected and
 * protected by rehearsal and the way back.
 *
 * @param folder where versions are written
 * @param epochs of the base, and of each training that goes on from it; as recommended where nothing is said
 */
export async function learnTurnedDigits(
  folder: string,
  { seed = 1, epochs }: { seed?: number; epochs?: { base: number; next: number } } = {},
): Promise<TurnedDigits> {
  const backend = await loadBackend();
  const plain = readDigits(seed);
  const other = quarterTurned(plain);

  const learn = async (
    name: string,
    digits: Digits,
    base: string | null,
    keep: KeepSettings,
  ): Promise<Arm> => {
    const began = performance.now();
    const wished = base === null ? epochs?.base : epochs?.next;
    const { settings } = await recommendImages(
      { rows: digits.train.images.length, labels, size, base },
      { seed, ...(wished === undefined ? {} : { epochs: wished }) },
    );
    const outFolder = path.join(folder, name);
    await trainImageVersion({
      backend,
      model: { name: 'digits', task: { kind: 'classification', labels }, input: {} },
      size,
      base,
      settings: { ...settings, keep },
      train: digits.train,
      validation: digits.validation,
      old: keep === KEEP_NOTHING ? null : { rehearse: plain.train, golden: plain.validation },
      lineage: {},
      outFolder,
      onProgress: () => {},
    });
    const seconds = (performance.now() - began) / 1000;
    const version = await openImageVersion(backend.tf, outFolder);
    const scoreOn = async ({ test }: Digits) => {
      const answers = await version.answer(test.images);
      return answers.filter(({ label }, i) => label === test.labels[i]).length / answers.length;
    };
    const arm = { plain: await scoreOn(plain), turned: await scoreOn(other), seconds };
    version.dispose();
    return arm;
  };

  const first = await learn('base', plain, null, KEEP_NOTHING);
  const from = path.join(folder, 'base');
  return {
    base: first,
    unprotected: await learn('unprotected', other, from, KEEP_NOTHING),
    protected: await learn('protected', other, from, { ...KEEP_NOTHING, rehearsal: 0.5, interpolate: true }),
  };
}
