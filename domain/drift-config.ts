import { z } from 'zod';
import { duration } from './duration.ts';

/** Two ways to be told of drift: by a fixed bound on how far a feature has moved, or by a budget of false alarms. */
export const driftSchema = z.strictObject({
  kind: z.literal('drift'),
  falseAlarmsPerMonth: z.number().positive().max(300).optional().meta({
    description:
      'the errors and answers of the champion are watched, and the bound calibrates itself so that so many alarms come without a change; psiAtLeast, for and minRows mean nothing then',
  }),
  month: duration.default('30d').meta({ description: 'the stretch that the budget is of' }),
  psiAtLeast: z
    .number()
    .positive()
    .default(0.25)
    .meta({ description: 'population stability index of a feature' }),
  window: duration
    .default('1d')
    .meta({ description: 'what is compared; with a budget: how long a drift that was found is an alert' }),
  for: duration.default('10m'),
  minRows: z.int().positive().default(200),
});
export type DriftWatch = z.output<typeof driftSchema>;
/** One that keeps a budget of false alarms. */
export type BudgetWatch = DriftWatch & { falseAlarmsPerMonth: number };

export const keepsBudget = (watch: { kind: string }): watch is BudgetWatch =>
  watch.kind === 'drift' && (watch as DriftWatch).falseAlarmsPerMonth !== undefined;
