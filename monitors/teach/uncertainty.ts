import type { DeclaredTask } from '../../domain/task.ts';

/**
 * How nearly an answer was another one, from its scores: 0 where it was sure, 1 where two were the same.
 *
 *     one label:     1 − (p₁ − p₂)          the two likeliest (margin)
 *     many labels:   max over labels of 1 − |2p − 1|          the label that is nearest to a coin
 *
 * A number and a text come without scores; of them nothing is known here.
 *
 * The margin asks about the border between two labels, which is where one more label moves it. Entropy would also ask
 * about rows that are spread over many labels, which are often rows that nobody can label.
 *
 * Source: T. Scheffer, C. Decomain, S. Wrobel, "Active hidden Markov models for information extraction", IDA 2001.
 */
export function tieOf(
  { kind }: Pick<DeclaredTask, 'kind'>,
  scores: Readonly<Record<string, number>>,
): { tie: number; between: readonly string[] } | null {
  const ordered = Object.entries(scores).toSorted(([, a], [, b]) => b - a);
  if (kind === 'classification') {
    const [first, second] = ordered;
    if (first === undefined || second === undefined) return null;
    return { tie: clamp(1 - (first[1] - second[1])), between: [first[0], second[0]] };
  }
  if (kind !== 'multi-label') return null;
  const nearest = ordered
    .map(([label, p]) => ({ label, tie: clamp(1 - Math.abs(2 * p - 1)) }))
    .toSorted((a, b) => b.tie - a.tie)[0];
  return nearest === undefined ? null : { tie: nearest.tie, between: [nearest.label] };
}

const clamp = (x: number) => (Number.isFinite(x) ? Math.min(1, Math.max(0, x)) : 0);
