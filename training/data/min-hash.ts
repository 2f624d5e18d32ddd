/** Characters in a shingle: long enough to be rare, short enough to survive a changed word. */
const SHINGLE = 5;

/** Hashes in a signature, and how many of them are looked at together: 16 bands of 4. */
const HASHES = 64;
export const BAND = 4;

/** The hashes of all stretches of `SHINGLE` characters of a text; of a shorter text its own. */
export function shinglesOf(text: string): Set<number> {
  const shingles = new Set<number>();
  for (let i = 0; i === 0 || i + SHINGLE <= text.length; i += 1)
    shingles.add(fnv1a(text.slice(i, i + SHINGLE)));
  return shingles;
}

/**
 * For each of `HASHES` hash functions the smallest hash of any shingle: two texts agree in as large a share of these as
 * of their shingles are in both.
 *
 * Source: A. Broder, "On the resemblance and containment of documents" (1997).
 */
export function minHash(shingles: ReadonlySet<number>): Uint32Array {
  const smallest = new Uint32Array(HASHES).fill(2 ** 32 - 1);
  for (const shingle of shingles)
    for (let i = 0; i < HASHES; i += 1) {
      const hash = mix(shingle ^ Math.imul(i + 1, GOLDEN));
      if (hash < smallest[i]!) smallest[i] = hash;
    }
  return smallest;
}

/** Shingles in both, of those in either. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const shingle of a) if (b.has(shingle)) both += 1;
  return both / (a.size + b.size - both);
}

/** 2³² divided by the golden ratio: multiples of it lie far from each other. */
const GOLDEN = 0x9e3779b9;

/** FNV-1a over code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: every bit of the input changes about half of the output's. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
