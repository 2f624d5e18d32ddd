import type { OpenWish } from '../../domain/fine-tune-config.ts';
import { recommendClassifier } from '../classification/recommend-classifier.ts';
import type { SharedSettings } from '../classification/recommend-classifier.ts';
import type { OldSituation } from '../classification/recommend-keep.ts';
import type { Situation } from '../search/recommend.ts';
import { becauseOf } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import { noAugmentation } from './augment.ts';
import type { Augmentation, ImageSize } from './augment.ts';
import { readImageBase } from './load-image-classifier.ts';
import type { ImageSettings } from './settings.ts';

export type ImageRecommendation = { settings: ImageSettings & SharedSettings; said: SaidSetting[] };

/**
 * Complete settings for a classifier of images, each with its reason.
 *
 * @param images what is trained on; `base`: its folder, null from scratch
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function recommendImages(
  images: {
    rows: number;
    labels: readonly string[];
    size: ImageSize;
    base: string | null;
    /** Of what the base knew. */
    old?: OldSituation | null;
  },
  wish: OpenWish,
): Promise<ImageRecommendation> {
  const { rows, labels, size, base, old = null } = images;
  const situation = { ...(await imageSituation({ rows, classes: labels.length, base })), base, old };
  const patience = wish.patience ?? (base === null ? PATIENCE : undefined);
  const { settings, said } = recommendClassifier(situation, { ...wish, ...(patience && { patience }) });
  const usual = recommendAugmentation(size, labels);
  const { augmentation } = wish;
  const chosen = augmentation === undefined ? usual.augmentation : completed(augmentation);
  return {
    settings: { ...settings, augmentation: chosen },
    said: [
      ...said,
      {
        name: 'augmentation',
        value: sayAugmentation(chosen),
        because: becauseOf(wish)('augmentation', usual.because),
      },
    ],
  };
}

/** What is known before a training on images. Throws what `recommendImages` throws. */
export async function imageSituation({
  rows,
  classes,
  base,
}: {
  rows: number;
  classes: number;
  base: string | null;
}): Promise<Situation> {
  const known = base === null ? null : await readImageBase(base);
  const weights = known?.weights ?? null;
  const adapters = known === null || known.kind === 'vit';
  return { task: 'image', rows, classes, weights, memoryBytes: null, adapters };
}

/** What is not asked for stays as it is. */
function completed(wish: NonNullable<OpenWish['augmentation']>): Augmentation {
  if (wish === 'none') return noAugmentation;
  const { shift = 0, turn = 0, zoom = 0, flip = false, erase = 0, noise = 0 } = wish;
  return { shift, turn, zoom, flip, erase, noise };
}

/** Epochs without a smaller loss, from scratch: the last ones, at a small rate, bring most. */
const PATIENCE = 10;
/** Of smaller images a covered part is too much of what there is to see. */
const LEAST_COVERED = 16;
const MOVED = { shift: 0.1, turn: 10, zoom: 0.1 };
const COVERED = 0.25;
const COLOURS = 3;

/** How images like these may look another time, and still be what they are. */
export function recommendAugmentation(
  { width, height, channels }: ImageSize,
  labels: readonly string[],
): { augmentation: Augmentation; because: string } {
  const sided = labels.find(saysSides);
  const flip = channels === COLOURS && sided === undefined;
  return {
    augmentation: {
      ...noAugmentation,
      ...MOVED,
      flip,
      erase: Math.min(width, height) < LEAST_COVERED ? 0 : COVERED,
    },
    because: `no other hand or camera will hold them just so; ${sayFlip(flip, sided)}`,
  };
}

/** Whether a label changes in a mirror: signs of writing, and words for sides. */
const saysSides = (label: string): boolean =>
  /^[\p{L}\p{N}]{1,2}$/u.test(label) || /left|right|clockwise|mirror|letter|digit|text/i.test(label);

function sayFlip(flip: boolean, sided: string | undefined): string {
  if (flip) return 'none of the labels would be another one in a mirror';
  return sided === undefined
    ? 'grey images are often writing or scans, so they are not mirrored'
    : `not mirrored, because "${sided}" would be something else in a mirror`;
}

function sayAugmentation({ shift, turn, zoom, flip, erase, noise }: Augmentation): string {
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
  const parts = [
    ...(shift > 0 ? [`moved by up to ${percent(shift)}`] : []),
    ...(turn > 0 ? [`turned by up to ${turn}°`] : []),
    ...(zoom > 0 ? [`larger or smaller by up to ${percent(zoom)}`] : []),
    ...(flip ? ['mirrored half of the time'] : []),
    ...(erase > 0 ? [`partly covered ${percent(erase)} of the time`] : []),
    ...(noise > 0 ? [`noise of ${percent(noise)}`] : []),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}
