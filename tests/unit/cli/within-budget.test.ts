import { expect, test } from 'vitest';
import { withinBudget } from '../../../cli/within-budget.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Loop } from '../../../domain/ports.ts';

function loopWith(seconds: number) {
  const asked: string[] = [];
  const config = parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' } },
        retrain: { budget: { gpuMinutesPerMonth: 2 } },
      },
    ],
  }).models[0]!;
  const loop = {
    requestRun: async (_: string, { reason }: { reason: string }) => {
      asked.push(reason);
      return { runId: 'run-1' };
    },
  } as unknown as Loop;
  const guarded = withinBudget(loop, {
    models: { get: async () => ({ config, digest: 'd', paused: false, pausedBy: null }) },
    runs: { trainingTime: async () => ({ seconds, latestSeconds: 30 }) },
  });
  return { guarded, asked };
}

test('a person who asks for a training beyond the budget is refused, with what was used', async () => {
  const { guarded, asked } = loopWith(100);
  await expect(guarded.requestRun('m', { by: 'ada', reason: 'now' })).rejects.toMatchObject({
    code: 'DL_BUDGET_SPENT',
    status: 409,
    message:
      'No run of m begins now. The budget is spent: 1.7 of 2 minutes were trained in the last 30 days, and the next training would take about 0.5.',
  });
  expect(asked).toEqual([]);
});

test('within it, and for a version that is there already, the run begins', async () => {
  const rich = loopWith(60);
  expect(await rich.guarded.requestRun('m', { by: 'ada', reason: 'now' })).toEqual({ runId: 'run-1' });
  const poor = loopWith(100);
  await poor.guarded.requestRun('m', { by: 'ada', reason: 'try it', version: 'v2' });
  expect(poor.asked).toEqual(['try it']);
});
