/** What a person thought of an answer. */
export type Rating = 'good' | 'bad' | 'neither';
export const ratings: readonly Rating[] = ['good', 'bad', 'neither'];

/** What a rating's value says: a thumb (`true`, `"up"`), or 1 to 5, of which 4 and 5 are good; null where it says nothing. */
export function ratingOf(value: unknown): Rating | null {
  if (value === true || value === 'up') return 'good';
  if (value === false || value === 'down') return 'bad';
  const stars = typeof value === 'string' ? Number(value) : value;
  if (typeof stars !== 'number' || !(stars >= 1 && stars <= 5)) return null;
  if (stars >= 4) return 'good';
  return stars <= 2 ? 'bad' : 'neither';
}
