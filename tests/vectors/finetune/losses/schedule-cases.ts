import { learningRateAt } from '../../../../training/optimization/schedule.ts';
import type { Schedule } from '../../../../training/optimization/schedule.ts';
import type { LossCase } from './case.ts';
import { expectAll } from './tensors.ts';

type Vector = { base_lr: number; warmup: number; total: number; note: string } & Record<string, unknown>;

/** What a name of the file means: `polynomial_p2_end1e7` is the power 2, down to 1e-7. */
function scheduleOf(name: string): { schedule: Schedule; warm: boolean } {
  const warm = name.endsWith('_warmup') && !name.endsWith('no_warmup');
  const plain = /^(constant|linear|cosine)(?:_warmup|_no_warmup|_with_warmup)?$/.exec(name);
  if (plain) return { schedule: { kind: plain[1] as 'constant' | 'linear' | 'cosine' }, warm };
  const restarts = /^cosine_restarts_(\d+)$/.exec(name);
  if (restarts) return { schedule: { kind: 'cosine-restarts', cycles: Number(restarts[1]) }, warm: true };
  const polynomial = /^polynomial_p(\d+)_end1e(\d+)$/.exec(name);
  if (polynomial) {
    const [power, exponent] = [Number(polynomial[1]), Number(polynomial[2])];
    return { schedule: { kind: 'polynomial', power, endRate: 10 ** -exponent }, warm: true };
  }
  throw new Error(`schedules.json: no test knows what to do with ${name}`);
}

/** schedules.json: the learning rate of every step. */
export function scheduleCases(vector: unknown): LossCase[] {
  const { base_lr: rate, warmup, total: steps, note: _, ...curves } = vector as Vector;
  return Object.entries(curves).map(([name, values]) => {
    const { schedule, warm } = scheduleOf(name);
    return {
      name,
      run() {
        const plan = { schedule, rate, warmupSteps: warm ? warmup : 0, steps };
        const wanted = values as number[];
        expectAll(
          wanted.map((__, step) => learningRateAt(plan, step)),
          wanted,
          { abs: 1e-9 },
          'rates',
        );
      },
    };
  });
}
