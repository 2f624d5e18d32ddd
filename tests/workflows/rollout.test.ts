import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriftloopError } from '../../domain/errors.ts';
import type { Judgement } from '../../domain/rollout.ts';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import { pause, resume } from '../../workflows/pausing.ts';
import { abort, rollout } from '../../workflows/rollout.ts';
import type { RolloutInput } from '../../workflows/rollout.ts';
import { scriptedLoop } from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { startLoopEnvironment, until } from './loop-environment.ts';
import type { LoopEnvironment } from './loop-environment.ts';

let loops: LoopEnvironment;
beforeAll(async () => {
  loops = await startLoopEnvironment();
});
afterAll(() => loops.close());

const minutes = 60_000;

const run = (
  loop: Scripted,
  change: Partial<RolloutInput> = {},
  act: (handle: WorkflowHandle<typeof rollout>) => Promise<unknown> = async () => {},
) =>
  loops.tell(loop, async (model) => {
    const handle = await loops.env.client.workflow.start(rollout, {
      taskQueue: taskQueues(loops.namespace).control,
      workflowId: workflowIds.rollout(loops.namespace, model),
      args: [
        {
          model,
          runId: 'run-1',
          configDigest: 'config-1',
          version: 'v2',
          champion: 'v1',
          because: 'The challenger is better.',
          refit: null,
          plan: { canary: [0.05, 0.25, 0.5], errorLimit: 2 },
          stepMs: 10 * minutes,
          inconclusiveAtMostMs: 60 * minutes,
          ...change,
        },
      ],
    });
    await act(handle);
    return await loops.result(handle);
  });

const judging = (judgement: Judgement): Scripted => scriptedLoop({ judgeStep: async () => judgement });

test('one step after the other, then all traffic', async () => {
  const loop = scriptedLoop();
  expect(await run(loop)).toEqual({ phase: 'champion' });
  expect(loop.inputsOf('setShare').map(({ share }) => share)).toEqual([0.05, 0.25, 0.5]);
  expect(loop.calls.at(-2)?.name).toBe('notePromoted');
});

test('without canary steps the challenger takes over at once', async () => {
  const loop = scriptedLoop();
  expect(await run(loop, { plan: { canary: [], errorLimit: 2 } })).toEqual({ phase: 'champion' });
  expect(loop.inputsOf('judgeStep')).toEqual([]);
});

test('a failed step withdraws the challenger, and the champion has never left', async () => {
  const loop = judging({ kind: 'failed', sentence: 'Too many errors.' });
  expect(await run(loop)).toEqual({ phase: 'withdrawn', because: 'Too many errors.' });
  expect(loop.inputsOf('promoteChallenger')).toEqual([]);
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([
    { version: 'v2', because: 'withdrawn: Too many errors.' },
  ]);
});

test('unknown is not health: a step that stays undecided is withdrawn when its time is over', async () => {
  const loop = judging({ kind: 'inconclusive', sentence: 'Too few requests.' });
  const ended = await run(loop);
  expect(ended).toEqual({
    phase: 'withdrawn',
    because: 'Still undecided when the time was over. Too few requests.',
  });
  // After the step, then every ten minutes of the hour.
  expect(loop.inputsOf('judgeStep')).toHaveLength(7);
  expect(loop.inputsOf('setShare')).toHaveLength(1);
});

test('a step that cannot be judged is judged again, but not for ever', async () => {
  const loop = judging({ kind: 'error', sentence: 'Prometheus cannot be asked.' });
  expect(await run(loop)).toMatchObject({ phase: 'withdrawn' });
  expect(loop.inputsOf('judgeStep')).toHaveLength(3);
});

test('an abort does not wait for the step to end', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, { stepMs: 24 * 60 * minutes }, async (handle) => {
    await until(() => loop.inputsOf('setShare').length > 0);
    await handle.signal(abort, { by: 'anna', reason: 'customers complain' });
  });
  expect(ended).toEqual({ phase: 'withdrawn', because: 'anna aborted it: customers complain' });
  expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
});

test('the kill switch holds it where it is; it goes on when the model is resumed', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, {}, async (handle) => {
    await handle.signal(pause, { by: 'anna' });
    await loops.sleep('2 days');
    expect(loop.inputsOf('setShare').map(({ share }) => share)).toEqual([0.05]);
    await handle.signal(resume, { by: 'anna' });
  });
  expect(ended).toEqual({ phase: 'champion' });
});

test('a rollback in the middle wins: what was judged against another champion is withdrawn', async () => {
  const loop = scriptedLoop({
    judgeStep: async () => {
      throw new DriftloopError('DL_CHAMPION_CHANGED', 'v0 is the champion now.', {
        fix: 'Start another run.',
      });
    },
  });
  expect(await run(loop)).toEqual({
    phase: 'withdrawn',
    because: 'v0 is the champion now. (DL_CHAMPION_CHANGED)',
  });
  expect(loop.inputsOf('promoteChallenger')).toEqual([]);
});

test('a cancelled rollout takes the challenger off', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, {}, async (handle) => {
    await until(() => loop.sentences().includes('v2 answers 5 % of the requests.'));
    // To be cancelled in the middle of an activity is told on a real server: the test server loses its answer. The
    // sentence is an activity too.
    await until(async () => ((await handle.describe()).raw.pendingActivities ?? []).length === 0);
    await handle.cancel();
  });
  expect(ended).toEqual({ phase: 'withdrawn', because: 'The run was cancelled.' });
  expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
});
