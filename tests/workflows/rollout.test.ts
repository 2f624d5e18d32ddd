import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DriftloopError } from '../../domain/errors.ts';
import { fromFailure } from '../../infra/temporal/failures.ts';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import type { Judgement, Steering } from '../../domain/rollout.ts';
import { pause, resume } from '../../workflows/pausing.ts';
import { beginCourse } from '../../workflows/rollout-course.ts';
import { rollout } from '../../workflows/rollout.ts';
import type { RolloutInput } from '../../workflows/rollout.ts';
import { standing, steer } from '../../workflows/steer.ts';
import { scriptedLoop, seen, settings } from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { startLoopEnvironment, until } from './loop-environment.ts';
import type { LoopEnvironment } from './loop-environment.ts';

let loops: LoopEnvironment;
beforeAll(async () => {
  loops = await startLoopEnvironment();
});
afterAll(() => loops.close());

type Handle = WorkflowHandle<typeof rollout>;
const minutes = 60_000;
const { plan } = settings().rollout;
/** Few looks: the server that skips time has patience for some dozens. */
const times = { ...settings().rollout.times, bakeMs: 20 * minutes, everyMs: 5 * minutes };
const steps = { ...plan, canary: [0.05, 0.25, 0.5] };
const whole = { shadow: true, canary: [0.1], bake: true, errorLimit: 1 };

const run = (
  loop: Scripted,
  change: Partial<RolloutInput> = {},
  act: (handle: Handle) => Promise<unknown> = async () => {},
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
          plan: steps,
          times,
          ...change,
        },
      ],
    });
    await act(handle);
    return await loops.result(handle);
  });

const well: Judgement = { kind: 'successful', sentence: 'All well.' };
const blackout: Judgement = { kind: 'error', sentence: 'Prometheus cannot be asked.' };
const missing: Judgement = { kind: 'inconclusive', sentence: '40 more requests are missing.' };

const judging = (judgement: Judgement): Scripted => scriptedLoop({ judgeStep: async () => seen(judgement) });
/** A rollout that sees what the test says, and can be told something else while it goes on. */
function seeing(first: Judgement) {
  const now = { judgement: first, frozen: null as string | null };
  const loop = scriptedLoop({ judgeStep: async () => seen(now.judgement, { frozen: now.frozen }) });
  return { loop, now };
}
const says = (handle: Handle, said: Pick<Steering, 'kind' | 'reason'>) =>
  handle.executeUpdate(steer, { args: [{ runId: 'run-1', by: 'anna', via: 'local', ...said } as Steering] });
const abort = { kind: 'abort', reason: 'customers complain' } as const;
const aborted = { phase: 'withdrawn', because: 'anna aborted it: customers complain' };
const holdOf = async (handle: Handle) => {
  const { rollout: now } = await handle.query(standing);
  return 'hold' in now ? (now.hold?.for ?? null) : now.phase;
};
/**
 * Waits until the first step is told, and nothing is under way: to be stopped in the middle of an activity is told on a
 * real server, because the test server loses its answer. The sentence is an activity too.
 */
const isServed = async (loop: Scripted, handle: Handle) => {
  await until(() => loop.sentences().includes('v2 answers 5 % of the requests.'));
  await until(() => loop.inputsOf('scoreArrivals').length > 0);
  await until(async () => ((await handle.describe()).raw.pendingActivities ?? []).length === 0);
};
const trafficOf = (loop: Scripted) => loop.inputsOf('setShare').map(({ mode, share }) => `${mode} ${share}`);

test('one step after the other, then all traffic', async () => {
  const loop = scriptedLoop();
  expect(await run(loop)).toEqual({ phase: 'champion' });
  expect(trafficOf(loop)).toEqual(['canary 0.05', 'canary 0.25', 'canary 0.5']);
  expect(loop.calls.at(-2)?.name).toBe('notePromoted');
});

test('from the shadow over the canary to the bake; the champion leaves last', async () => {
  const loop = scriptedLoop();
  expect(await run(loop, { plan: whole })).toEqual({ phase: 'champion' });
  expect(trafficOf(loop)).toEqual(['shadow 1', 'canary 0.1', 'bake 1']);
  expect(loop.inputsOf('judgeStep').map(({ stage }) => stage.phase)).toEqual(
    'shadow shadow canary canary bake bake bake bake'.split(' '),
  );
  expect(loop.sentences()).toContain('v2 answers all requests, and the champion stands by.');
});

test('with no phase the challenger takes over at once', async () => {
  const loop = scriptedLoop();
  expect(await run(loop, { plan: { ...plan, canary: [] } })).toEqual({ phase: 'champion' });
  expect(loop.inputsOf('judgeStep')).toEqual([]);
});

test('harm withdraws the challenger at the first look that shows it, and the champion has never left', async () => {
  const loop = judging({ kind: 'failed', sentence: 'Too many errors.' });
  expect(await run(loop)).toEqual({ phase: 'withdrawn', because: 'Too many errors.' });
  expect(loop.inputsOf('judgeStep')).toHaveLength(1);
  expect(loop.inputsOf('promoteChallenger')).toEqual([]);
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([
    { version: 'v2', because: 'withdrawn: Too many errors.' },
  ]);
});

test('unknown is not health: what stays undecided is held when its time is over, and says what is missing; a person may skip it', async () => {
  const { loop, now } = seeing(missing);
  const ended = await run(loop, {}, async (handle) => {
    await loops.sleep('71 minutes');
    expect(await holdOf(handle)).toBe('evidence');
    expect(loop.sentences()).toContain(
      'Still undecided when the time was over. 40 more requests are missing.',
    );
    // Evidence that comes late does not move what waits for a person.
    now.judgement = well;
    await loops.sleep('1 hour');
    expect(trafficOf(loop)).toEqual(['canary 0.05']);
    await says(handle, { kind: 'skip', reason: 'nobody asks anything at night' });
  });
  expect(ended).toEqual({ phase: 'champion' });
  expect(loop.sentences()).toContain('anna skipped the rest of the phase: nobody asks anything at night');
  expect(loop.inputsOf('recordSteering')).toMatchObject([
    { kind: 'skip', by: 'anna', via: 'local', runId: 'run-1' },
  ]);
});

describe.each([
  ['shadow', 4],
  ['canary', 14],
  ['bake', 24],
] as const)('in the %s', (phase, afterMinutes) => {
  test('a blackout holds within two looks, promotes nothing, and goes on alone when metrics are back', async () => {
    const { loop, now } = seeing(well);
    const ended = await run(loop, { plan: whole }, async (handle) => {
      await loops.sleep(`${afterMinutes} minutes`);
      expect((await handle.query(standing)).rollout.phase).toBe(phase);
      now.judgement = blackout;
      await loops.sleep('11 minutes');
      expect(await holdOf(handle)).toBe('metrics');
      await loops.sleep('1 hour');
      expect((await handle.query(standing)).rollout.phase).toBe(phase);
      expect(loop.inputsOf('promoteChallenger')).toEqual([]);
      now.judgement = well;
    });
    expect(ended).toEqual({ phase: 'champion' });
    expect(loop.sentences()).toContain(
      'It cannot be judged, and goes on by itself when it can: Prometheus cannot be asked.',
    );
  });

  test.each(['as it goes on', 'while it is paused', 'while nothing can be judged'])(
    'an abort takes it off at once, %s',
    async (when) => {
      const { loop, now } = seeing(well);
      const ended = await run(loop, { plan: whole }, async (handle) => {
        await loops.sleep(`${afterMinutes} minutes`);
        if (when.includes('paused')) await says(handle, { kind: 'pause', reason: 'let me see' });
        if (when.includes('judged')) {
          now.judgement = blackout;
          await loops.sleep('11 minutes');
        }
        await says(handle, abort);
      });
      expect(ended).toEqual(aborted);
      expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
      expect(loop.inputsOf('promoteChallenger')).toEqual([]);
    },
  );
});

test('an abort does not wait for the step to end', async () => {
  const loop = scriptedLoop();
  const day = 24 * 60 * minutes;
  const ended = await run(loop, { times: { ...times, stepMs: day, everyMs: day } }, async (handle) => {
    await isServed(loop, handle);
    await says(handle, abort);
  });
  expect(ended).toEqual(aborted);
  expect(loop.inputsOf('judgeStep')).toEqual([]);
});

test('an abort does not wait for a look that hangs', async () => {
  // Until its worker ends.
  const loop = scriptedLoop({ judgeStep: () => Context.current().cancelled });
  const ended = await run(loop, { times: { ...times, everyMs: 10, stepMs: 10 } }, async (handle) => {
    await until(() => loop.inputsOf('judgeStep').length > 0);
    await says(handle, abort);
  });
  expect(ended).toEqual(aborted);
});

test('paused, it stays where it is, and harm still withdraws it', async () => {
  const { loop, now } = seeing(well);
  const ended = await run(loop, {}, async (handle) => {
    await loops.sleep('1 minute');
    await says(handle, { kind: 'pause', reason: 'let me see' });
    await loops.sleep('2 hours');
    expect(await holdOf(handle)).toBe('person');
    expect(trafficOf(loop)).toEqual(['canary 0.05']);
    now.judgement = { kind: 'failed', sentence: 'Too many errors.' };
  });
  expect(ended).toEqual({ phase: 'withdrawn', because: 'Too many errors.' });
});

test('paused and resumed, it goes on', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, {}, async (handle) => {
    await says(handle, { kind: 'pause', reason: null });
    await loops.sleep('2 hours');
    await says(handle, { kind: 'resume', reason: null });
  });
  expect(ended).toEqual({ phase: 'champion' });
  expect(loop.sentences()).toEqual(expect.arrayContaining(['anna paused it.', 'anna resumed it.']));
});

test('a freeze stops what moves forward, a skip too, and not a withdrawal', async () => {
  const { loop, now } = seeing(well);
  now.frozen = 'Nothing moves forward until Monday.';
  const ended = await run(loop, {}, async (handle) => {
    await loops.sleep('1 hour');
    expect(await holdOf(handle)).toBe('freeze');
    expect(trafficOf(loop)).toEqual(['canary 0.05']);
    const refused = await says(handle, { kind: 'skip', reason: 'hurry' }).then(() => null, fromFailure);
    expect(refused?.code).toBe('DL_ROLLOUT_FROZEN');
    now.judgement = { kind: 'failed', sentence: 'Too many errors.' };
  });
  expect(ended).toEqual({ phase: 'withdrawn', because: 'Too many errors.' });
});

test('after a freeze it goes on by itself', async () => {
  const { loop, now } = seeing(well);
  now.frozen = 'Nothing moves forward until Monday.';
  const ended = await run(loop, {}, async () => {
    await loops.sleep('1 hour');
    now.frozen = null;
  });
  expect(ended).toEqual({ phase: 'champion' });
});

test('the kill switch holds it where it is; it goes on when the model is resumed', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, {}, async (handle) => {
    await handle.signal(pause, { by: 'anna' });
    await loops.sleep('2 hours');
    expect(trafficOf(loop)).toEqual(['canary 0.05']);
    await handle.signal(resume, { by: 'anna' });
  });
  expect(ended).toEqual({ phase: 'champion' });
});

test('half of the servers carry half of the requests, and none of them none', async () => {
  const now = { ready: 1 };
  const loop = scriptedLoop({ judgeStep: async () => seen(well, { ready: now.ready }) });
  const ended = await run(loop, { plan: { ...whole, shadow: false } }, async (handle) => {
    await loops.sleep('14 minutes');
    for (const ready of [0.5, 0]) {
      now.ready = ready;
      await loops.sleep('6 minutes');
      expect(await holdOf(handle)).toBe('servers');
    }
    now.ready = 1;
  });
  expect(ended).toEqual({ phase: 'champion' });
  expect(trafficOf(loop)).toEqual(['canary 0.1', 'bake 1', 'canary 0.5', 'shadow 1']);
});

test('labels are scored beside the looks, from where the last call ended, and what they say is looked at', async () => {
  const loop = scriptedLoop({
    scoreArrivals: async ({ before }) => ({
      seq: (before?.seq ?? 1_000) + 10,
      pairs: { wins: 0, losses: 0, ties: before === null ? 0 : before.pairs.ties + 10 },
      delayMs: 60_000,
    }),
  });
  expect(
    await run(loop, { plan: { ...plan, canary: [0.1] }, times: { ...times, everyMs: minutes } }),
  ).toEqual({ phase: 'champion' });
  expect(
    loop
      .inputsOf('scoreArrivals')
      .map(({ before }) => before?.seq ?? null)
      .slice(0, 3),
  ).toEqual([null, 1_010, 1_020]);
  expect(loop.inputsOf('judgeStep').at(-1)?.arrivals?.pairs.ties).toBeGreaterThanOrEqual(80);
});

test('labels that cannot be scored hold nobody up, and are told once', async () => {
  const loop = scriptedLoop({
    scoreArrivals: async () => {
      throw new DriftloopError('DL_ARTIFACT_MISSING', 'The artifact is gone.', { fix: 'Bring it back.' });
    },
  });
  expect(
    await run(loop, { plan: { ...plan, canary: [0.1] }, times: { ...times, everyMs: minutes } }),
  ).toEqual({ phase: 'champion' });
  expect(loop.sentences()).toContain(
    'Labels could not be scored: The artifact is gone. (DL_ARTIFACT_MISSING)',
  );
});

test('a new history goes on where the old one ended, with what held it and what labels have said', async () => {
  const loop = scriptedLoop();
  const arrivals = { seq: 1_700, pairs: { wins: 9, losses: 4, ties: 200 }, delayMs: null };
  const nowMs = (await loops.env.currentTimeMs()) || Date.now();
  const ended = await run(loop, {
    course: {
      ...beginCourse(nowMs),
      chapter: 1,
      current: {
        phase: 'canary',
        step: 2,
        share: 0.5,
        errors: 0,
        ready: 1,
        hold: { for: 'metrics', sentence: 'It could not be judged.' },
      },
      inForce: {
        stage: { phase: 'canary', step: 2, share: 0.5 },
        traffic: { mode: 'canary', share: 0.5 },
      },
      arrivals,
    },
  });
  expect(ended).toEqual({ phase: 'champion' });
  expect(trafficOf(loop)).toEqual([]);
  expect(loop.inputsOf('scoreArrivals')[0]?.before).toEqual(arrivals);
  expect(loop.story.map(({ key }) => key)).toContain('rollout-1-1');
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

test('who speaks to a rollout of another run, or too late, is told so', async () => {
  const loop = scriptedLoop();
  let late: Handle | null = null;
  await run(loop, {}, async (handle) => {
    late = handle;
    const other = { runId: 'run-0', by: 'anna', ...abort };
    const refused = await handle.executeUpdate(steer, { args: [other] }).then(() => null, fromFailure);
    expect(refused?.code).toBe('DL_NO_ROLLOUT');
  });
  await expect(says(late!, abort)).rejects.toThrow();
});

test('a cancelled rollout takes the challenger off', async () => {
  const loop = scriptedLoop();
  const ended = await run(loop, {}, async (handle) => {
    await isServed(loop, handle);
    await handle.cancel();
  });
  expect(ended).toEqual({ phase: 'withdrawn', because: 'The run was cancelled.' });
  expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
});
