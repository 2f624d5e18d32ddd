/**
 * The 16 levels of NF4: equally likely for weights that are normally distributed, 0 among them, scaled to −1…1.
 *
 * Source: T. Dettmers et al., "QLoRA: efficient finetuning of quantized LLMs" (2023), appendix E.
 */
export const NF4_LEVELS: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
]; // oxfmt-ignore

/** The code of 0. */
export const NF4_ZERO = NF4_LEVELS.indexOf(0);

/** Powers of ten that the 8-bit map covers. */
const DECADES = 7;

/**
 * The 256 levels of the 8-bit dynamic map, ascending: with each power of ten that a value is smaller there is one bit
 * less for its fraction. In float32, as bitsandbytes makes it.
 *
 * Source: T. Dettmers et al., "8-bit optimizers via block-wise quantization" (2022).
 */
export const dynamicMap: Float32Array = makeDynamicMap();

function makeDynamicMap(): Float32Array {
  const levels = [0, 1];
  for (let decade = 0; decade < DECADES; decade += 1) {
    const count = 2 ** decade;
    const step = 0.9 / count;
    for (let i = 0; i < count; i += 1) {
      const level = 10 ** (decade - DECADES + 1) * (0.1 + (i + 0.5) * step);
      levels.push(level, -level);
    }
  }
  return Float32Array.from(levels).sort();
}
