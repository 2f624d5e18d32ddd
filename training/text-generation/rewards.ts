/** How likely a model finds the two answers of a pair: log-probabilities, in nats. */
export type PairScore = Readonly<{ chosen: number; rejected: number }>;

/** β · log π/π₀ of both answers. */
export type PairReward = PairScore;

/**
 * What a model has learnt to like beside the one that it began as, pair by pair.
 *
 * Source: R. Rafailov et al., "Direct preference optimization" (2023).
 */
export const rewardsOf = (
  policy: readonly PairScore[],
  reference: readonly PairScore[],
  beta: number,
): PairReward[] =>
  policy.map(({ chosen, rejected }, i) => ({
    chosen: beta * (chosen - reference[i]!.chosen),
    rejected: beta * (rejected - reference[i]!.rejected),
  }));

/** DPO's mean loss; the share of the pairs whose chosen answer is rewarded more; by how much it is, in the mean. */
export function meanReward(rewards: readonly PairReward[]): {
  loss: number;
  accuracy: number;
  margin: number;
} {
  const margins = rewards.map(({ chosen, rejected }) => chosen - rejected);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    loss: mean(margins.map((margin) => Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))))),
    accuracy: mean(margins.map((margin) => (margin > 0 ? 1 : 0))),
    margin: mean(margins),
  };
}
