/** Numbers that go no higher than that have their own white: the whole of 0 to 255 would be nearly black. */
const DARK = 64;
const BYTE = 255;

/**
 * What black is and what white is among numbers that are pixels, out of the least and the greatest of them: 0 to 1, 0 to
 * 255, or their own.
 */
export function pixelRange(least: number, greatest: number): [number, number] {
  if (least < 0 || greatest > BYTE) return [least, greatest];
  if (greatest <= 1) return [0, 1];
  return [0, greatest > DARK ? BYTE : greatest];
}
