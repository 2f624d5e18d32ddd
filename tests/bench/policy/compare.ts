import {
  replayPolicy,
  trainFirstChampion,
  type Replay,
  type ReplayPolicy,
} from '../../../training/replay/replay.ts';
import type { Table } from './table.ts';
import { withTrainer, type TrainerName } from './trainers.ts';

/** The regret policy and what it is compared with, on the same rows after the same first champion. */
export const policies = {
  policy: { kind: 'regret' },
  never: { kind: 'never' },
  schedule: { kind: 'schedule', every: 2_000, last: 2_000 },
} as const satisfies Record<string, ReplayPolicy>;

export type PolicyName = keyof typeof policies;

/** Share of the file that the first champion is trained on. */
const FIRST_SHARE = 0.1;

/** Replays the three policies over a table with one seed. */
export function comparePolicies(
  table: Table,
  { trainer, seed, delay }: { trainer: TrainerName; seed: number; delay: number },
): Promise<Record<PolicyName, Replay>> {
  return withTrainer(trainer, table, seed, async (ports) => {
    const stream = {
      labels: table.codes,
      firstRows: Math.floor(table.codes.length * FIRST_SHARE),
      delay,
      ...ports,
    };
    const champion = await trainFirstChampion(stream);
    return {
      policy: await replayPolicy(stream, policies.policy, champion),
      never: await replayPolicy(stream, policies.never, champion),
      schedule: await replayPolicy(stream, policies.schedule, champion),
    };
  });
}

export type PolicyFigures = {
  accuracy: number;
  trainings: number;
  promotions: number;
  falsePromotions: number;
  cost: number;
  /** The cost with each seed, to show how far chance goes. */
  costs: number[];
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

/** Means over the seeds. */
export const figuresOf = (replays: readonly Replay[]): PolicyFigures => ({
  accuracy: rounded(mean(replays.map((r) => r.accuracy)), 4),
  trainings: rounded(mean(replays.map((r) => r.trainings)), 2),
  promotions: rounded(mean(replays.map((r) => r.promotions)), 2),
  falsePromotions: rounded(mean(replays.map((r) => r.falsePromotions)), 2),
  cost: rounded(mean(replays.map((r) => r.cost)), 1),
  costs: replays.map((r) => r.cost),
});
