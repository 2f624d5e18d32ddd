/**
 * Is there budget for one more training? What was trained in the last 30 days, and what the next will take: as long as
 * the latest did. A run that would exceed the budget is not begun; the days that pass give it back.
 */
import type { ModelConfig } from '../../domain/model-config.ts';
import type { TrainingTime } from '../../domain/ports.ts';

/** Over which trainings are added up. */
export const BUDGET_DAYS = 30;

export type BudgetStanding = Readonly<{
  allowedMinutes: number;
  usedMinutes: number;
  /** No run begins now. */
  isSpent: boolean;
  sentence: string;
}>;

/** Null where there is no budget. */
export function budgetStanding(
  { budget }: Pick<ModelConfig['retrain'], 'budget'>,
  { seconds, latestSeconds }: TrainingTime,
): BudgetStanding | null {
  if (budget === undefined) return null;
  const allowedMinutes = budget.gpuMinutesPerMonth;
  const usedMinutes = seconds / 60;
  const nextMinutes = (latestSeconds ?? 0) / 60;
  const isSpent = usedMinutes >= allowedMinutes || usedMinutes + nextMinutes > allowedMinutes;
  const used = `${amount(usedMinutes)} of ${amount(allowedMinutes)} minutes were trained in the last ${BUDGET_DAYS} days`;
  const sentence = isSpent
    ? `The budget is spent: ${used}, and the next training would take about ${amount(nextMinutes)}.`
    : `${used}.`;
  return { allowedMinutes, usedMinutes, isSpent, sentence };
}

const amount = (minutes: number): string =>
  minutes.toLocaleString('en-US', { maximumFractionDigits: minutes < 10 ? 1 : 0 });
