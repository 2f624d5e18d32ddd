import { blockMaxima } from './block-maxima.ts';
import { middles, nearest } from './nearest.ts';
import { dynamicMap } from './nf4-levels.ts';

/** Scales in 8 bits each: level · (largest of the block) + offset. */
export type QuantisedScales = Readonly<{
  /** Index into `dynamicMap`, one a scale. */
  codes: Uint8Array;
  /** The largest |scale − offset| of each block. */
  absmax: Float32Array;
  /** Scales in a block. */
  block: number;
  /** The mean of the scales. */
  offset: number;
}>;

/** As in bitsandbytes. */
const SCALE_BLOCK = 256;

const boundaries = middles(dynamicMap);

/**
 * Quantises the scales of a quantised matrix, which would else be an eighth of its size: their distance from their mean,
 * in blocks, by the dynamic map.
 *
 * Source: T. Dettmers et al., "QLoRA" (2023), section 3.
 */
export function quantiseScales(scales: Float32Array, block = SCALE_BLOCK): QuantisedScales {
  const offset = Math.fround(scales.reduce((sum, x) => sum + x, 0) / Math.max(1, scales.length));
  const apart = scales.map((x) => x - offset);
  const absmax = blockMaxima(apart, block);
  const codes = Uint8Array.from(apart, (x, i) => {
    const largest = absmax[Math.floor(i / block)]!;
    return nearest(boundaries, largest === 0 ? 0 : Math.fround(x / largest));
  });
  return { codes, absmax, block, offset };
}
