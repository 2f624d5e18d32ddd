import type { Random } from '../random.ts';

/** How a token is drawn from its scores, instead of always taking the likeliest. */
export type Sampling = {
  /** Scores are divided by it: above 1 more is tried, near 0 the likeliest is taken. */
  temperature: number;
  /** Only the likeliest tokens that together reach this share. Holtzman et al., "nucleus sampling" (2019). */
  topP?: number;
  /** Only so many of the likeliest tokens. */
  topK?: number;
};

/** The place of the largest score; the first of several. */
export function likeliest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i += 1) if (scores[i]! > scores[best]!) best = i;
  return best;
}

/** A token by chance, as likely as its score says. */
export function drawToken(
  scores: ArrayLike<number>,
  { temperature, topP = 1, topK = scores.length }: Sampling,
  chance: Random,
): number {
  const largest = scores[likeliest(scores)]!;
  const ranked = Array.from(scores, (score, token) => ({
    token,
    weight: Math.exp((score - largest) / temperature),
  })).sort((a, b) => b.weight - a.weight || a.token - b.token);
  const total = ranked.reduce((sum, { weight }) => sum + weight, 0);
  const kept: typeof ranked = [];
  let reached = 0;
  for (const one of ranked.slice(0, Math.max(1, topK))) {
    kept.push(one);
    reached += one.weight;
    if (reached >= topP * total) break;
  }
  let left = chance.uniform() * reached;
  for (const { token, weight } of kept) {
    left -= weight;
    if (left < 0) return token;
  }
  return kept.at(-1)!.token;
}
