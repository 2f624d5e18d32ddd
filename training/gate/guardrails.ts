/**
 * What blocks a promotion whatever the gate's test says: an accuracy below the floor of the config, or a slice of the
 * rows in which the challenger is proven worse. With S slice values looked at, a slice is worse when E(l, w) > S/α.
 */
import { eValue } from '../../statistics/e-process.ts';

/** One value of a sliced feature, with the rows that only the challenger, or only the champion, got right. */
export type Slice = Readonly<{
  feature: string;
  value: string;
  rows: number;
  wins: number;
  losses: number;
}>;

export type Guarded = Readonly<{
  /** Of the challenger on all test rows; null where there are none. */
  accuracy: number | null;
  slices: readonly Slice[];
}>;

/** A sentence that says what blocks, or null. */
export function blockedBy(
  { accuracy, slices }: Guarded,
  { accuracyAtLeast, alpha }: { accuracyAtLeast?: number | undefined; alpha: number },
): string | null {
  if (accuracyAtLeast !== undefined && (accuracy === null || accuracy < accuracyAtLeast)) {
    const was = accuracy === null ? 'not known' : percent(accuracy);
    return `Rejected: the challenger's accuracy is ${was}, and gate.accuracyAtLeast asks for ${percent(accuracyAtLeast)}.`;
  }
  const worst = slices.find(({ wins, losses }) => eValue(losses, wins) > slices.length / alpha);
  return worst === undefined
    ? null
    : `Rejected: better on the whole, but worse where ${worst.feature} is ${worst.value}: of ${worst.rows} such rows ` +
        `it alone was right on ${worst.wins}, the champion alone on ${worst.losses}.`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
