import { expect } from 'vitest';
import { beginStopping, observe } from '../../../../training/optimization/early-stopping.ts';
import type { EarlyStopping } from '../../../../training/optimization/early-stopping.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';

type Outcome = { stop_at: number | null; best_index: number; best_value: number };
type Case = { curve: string; patience: number; min_delta: number } & Record<string, unknown>;
type Vector = { mode: 'min' | 'max'; cases: Case[] } & Record<string, unknown>;

/** What the two rules of the file are called here. */
const rules = { best_tracked_only_if_improved_by_delta: 'counted', huggingface_callback: 'any' } as const;

/** early_stopping.json: when to stop on a curve, and which evaluation was best. */
export function earlyStoppingCases(vector: unknown): LossCase[] {
  const v = vector as Vector;
  const curves = new Set(v.cases.map(({ curve }) => curve));
  onlyKnown(v, `mode index rules cases ${[...curves].join(' ')}`, 'early_stopping.json');
  return v.cases.flatMap((c) =>
    Object.entries(rules).map(([key, best]): LossCase => {
      onlyKnown(c, `curve patience min_delta ${Object.keys(rules).join(' ')}`, 'early_stopping.json');
      return {
        name: `${c.curve}, patience ${c.patience}, at least ${c.min_delta}, ${key}`,
        run() {
          const wanted = c[key] as Outcome;
          const options = { patience: c.patience, minDelta: c.min_delta, mode: v.mode, best };
          let state: EarlyStopping = beginStopping();
          for (const value of v[c.curve] as number[]) {
            if (!state.stop) state = observe(state, value, options);
          }
          expect(state.stop ? state.seen - 1 : null).toBe(wanted.stop_at);
          expect(state.best).toEqual({ at: wanted.best_index, value: wanted.best_value });
        },
      };
    }),
  );
}
