import { createHash } from 'node:crypto';
import type { Example } from '../domain/examples.ts';
import type { Output } from '../domain/task.ts';
import type { Slice } from '../training/gate/guardrails.ts';

/** A labelled row and what both versions answered to it. */
export type Scored = { example: Example; ours: Output; theirs: Output };

export const scoredBy = (
  examples: readonly Example[],
  ours: readonly Output[],
  theirs: readonly Output[],
): Scored[] => examples.map((example, i) => ({ example, ours: ours[i]!, theirs: theirs[i]! }));

/** How many rows, and those that only one of the two got right: all that says anything about which is better. */
export function tally(scored: readonly Scored[]): { rows: number; wins: number; losses: number } {
  let [wins, losses] = [0, 0];
  for (const { example, ours, theirs } of scored) {
    const [isOurs, isTheirs] = [ours.label === example.label, theirs.label === example.label];
    if (isOurs && !isTheirs) wins += 1;
    if (isTheirs && !isOurs) losses += 1;
  }
  return { rows: scored.length, wins, losses };
}

/** Of the challenger; null without rows. */
export const accuracyOf = (scored: readonly Scored[]): number | null =>
  scored.length === 0
    ? null
    : scored.filter(({ example, ours }) => ours.label === example.label).length / scored.length;

export const slicesOf = (scored: readonly Scored[], features: readonly string[]): Slice[] =>
  features.flatMap((feature) => slicesBy(feature, scored));

function slicesBy(feature: string, scored: readonly Scored[]): Slice[] {
  const values = new Map<string, Scored[]>();
  for (const row of scored) {
    const value = String(row.example.input[feature] ?? 'missing');
    const rows = values.get(value);
    if (rows === undefined) values.set(value, [row]);
    else rows.push(row);
  }
  return [...values].map(([value, rows]) => ({ feature, value, ...tally(rows) }));
}

/** Names exactly these rows with these labels. */
export function digestOf(test: readonly Example[]): string {
  const hash = createHash('sha256');
  for (const { predictionId, label } of test) hash.update(`${predictionId} ${label}\n`);
  return hash.digest('hex');
}
