/**
 * How many tokens of one or two texts are kept: the longer one is cut first, then both alike. As the strategy
 * `longest_first` of Hugging Face's `tokenizers`.
 */
export function truncatedLengths(lengths: readonly number[], most: number): number[] {
  const room = Math.max(0, most);
  const [first = 0, second] = lengths;
  if (second === undefined) return [Math.min(first, room)];
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const kept = shorter + Math.max(shorter, room - shorter) > room ? half : shorter;
  return first > second ? [room - kept, kept] : [kept, room - kept];
}
