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

type Setting = { trainer: TrainerName; seed: number; delay: number };

/** Replays the three policies over a table with one seed. */
export const comparePolicies = (table: Table, setting: Setting): Promise<Record<PolicyName, Replay>> =>
  replayEach(table, setting, policies);

/** Replays policies over a table with one seed, after the same first champion. */
export function replayEach<Name extends string>(
  table: Table,
  { trainer, seed, delay }: Setting,
  asked: Readonly<Record<Name, ReplayPolicy>>,
): Promise<Record<Name, Replay>> {
  return withTrainer(trainer, table, seed, async (ports) => {
    const stream = {
      labels: table.codes,
      firstRows: Math.floor(table.codes.length * FIRST_SHARE),
      delay,
      ...ports,
    };
    const champion = await trainFirstChampion(stream);
    const replays = {} as Record<Name, Replay>;
    for (const name of Object.keys(asked) as Name[])
      replays[name] = await replayPolicy(stream, asked[name], champion);
    return replays;
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
