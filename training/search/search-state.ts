import { z } from 'zod';
import type { StateCodec } from '../checkpoints/checkpoint.ts';
import type { NamedTensor, TensorValues } from '../safetensors.ts';
import type { Rung } from './successive-halving.ts';
import type { TrialSoFar } from './trials.ts';

/** A search in the middle, or the training of its winner. */
export type SearchState<State> = Readonly<{
  rungs: readonly Rung[];
  /** What was tried, in its order. */
  tried: readonly TrialSoFar[];
  /** Of trials that may go on. One that is not here begins anew when it is due. */
  waiting: ReadonlyMap<number, State>;
  /** The training of the winner; null before that has kept anything. */
  winner: State | null;
}>;

const count = z.int().nonnegative();
/** JSON knows no NaN. */
const score = z.number().nullable();
const triedSchema = z.strictObject({ trial: count, epochs: count, loss: score, score, isOver: z.boolean() });

const headOf = <Head>(inner: z.ZodType<Head>) =>
  z.strictObject({
    rungs: z.array(z.strictObject({ trials: count, steps: count })),
    tried: z.array(triedSchema),
    waiting: z.array(z.strictObject({ trial: count, state: inner })),
    winner: inner.nullable(),
  });

type SearchHead<Head> = z.output<ReturnType<typeof headOf<Head>>>;

/** A search of trainings whose own states are written by `inner`, in a checkpoint. */
export function searchStateCodec<State, Head>(
  inner: StateCodec<State, Head>,
): StateCodec<SearchState<State>, SearchHead<Head>> {
  return {
    head: headOf(inner.head) as z.ZodType<SearchHead<Head>>,
    take({ rungs, tried, waiting, winner }) {
      const waits = [...waiting].map(([trial, state]) => ({ trial, taken: inner.take(state) }));
      const won = winner && inner.take(winner);
      return {
        head: {
          rungs: rungs.map(({ trials, steps }) => ({ trials, steps })),
          tried: tried.map((one) => ({ ...one, loss: orNull(one.loss), score: orNull(one.score) })),
          waiting: waits.map(({ trial, taken }) => ({ trial, state: taken.head })),
          winner: won && won.head,
        },
        tensors: [
          ...waits.flatMap(({ trial, taken }) => under(placeOf(trial), taken.tensors)),
          ...under(WINNER, won?.tensors ?? []),
        ],
      };
    },
    give: ({ rungs, tried, waiting, winner }, tensors) => ({
      rungs,
      tried: tried.map((one) => ({ ...one, loss: one.loss ?? NaN, score: one.score ?? NaN })),
      waiting: new Map(
        waiting.map(({ trial, state }) => [trial, inner.give(state, tensors.within(placeOf(trial)))]),
      ),
      winner: winner && inner.give(winner, tensors.within(WINNER)),
    }),
  };
}

const WINNER = 'winner/';
const placeOf = (trial: number): string => `waiting/${trial}/`;
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const under = (prefix: string, tensors: readonly NamedTensor<TensorValues>[]): NamedTensor<TensorValues>[] =>
  tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name }));
