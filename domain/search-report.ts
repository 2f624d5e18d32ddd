/** Settings that were tried before a training, best first. */
export type SearchReport = Readonly<{
  seconds: number;
  trials: readonly TriedSettings[];
}>;

export type TriedSettings = Readonly<{
  /** `lora, rank 8, learning rate 0.0002`. */
  settings: string;
  /** That it was trained for. */
  epochs: number;
  /** Of its best epoch, on the validation rows; null where the training ran away or memory did not hold it. */
  loss: number | null;
  score: number | null;
}>;

/** Why the winner won, in a sentence. */
export function sayWinner({ trials }: Pick<SearchReport, 'trials'>): string {
  const [winner, next] = trials;
  if (winner === undefined || next === undefined)
    return 'The budget of the search was too small to try more than the recommended settings.';
  const beaten = next.loss === null ? '' : `; the next best were ${next.settings}, with ${loss(next)}`;
  return `The best of ${trials.length} settings that were tried are ${winner.settings}, with ${loss(winner)} after ${epochs(winner)}${beaten}.`;
}

const loss = ({ loss: of }: TriedSettings) =>
  of === null ? 'no validation loss that is a number' : `a validation loss of ${of.toFixed(3)}`;
const epochs = ({ epochs: n }: TriedSettings) => (n === 1 ? '1 epoch' : `${n} epochs`);
