import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standingOf } from '../../domain/approval.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import type { Trigger } from '../../domain/run.ts';
import { fromFailure } from '../../infra/temporal/failures.ts';
import { decide, force, openQuestion } from '../../workflows/listen.ts';
import { pause, resume } from '../../workflows/pausing.ts';
import { retrain } from '../../workflows/retrain.ts';
import { diagnosed, holdingGate, regretTrigger, scriptedLoop, settings } from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { startLoopEnvironment, until } from './loop-environment.ts';
import type { LoopEnvironment } from './loop-environment.ts';

let loops: LoopEnvironment;
beforeAll(async () => {
  loops = await startLoopEnvironment();
});
afterAll(() => loops.close());

const runId = 'run-1';

/** Starts one run, lets `act` speak to it, and returns how it ended. */
const run = (
  loop: Scripted,
  act: (handle: WorkflowHandle<typeof retrain>) => Promise<unknown> = async () => {},
  trigger: Trigger = regretTrigger,
) =>
  loops.tell(loop, async (model) => {
    const { namespace } = loops;
    const handle = await loops.env.client.workflow.start(retrain, {
      taskQueue: taskQueues(namespace).control,
      workflowId: workflowIds.retrain(namespace, model),
      args: [{ namespace, model, runId, trigger }],
    });
    await act(handle);
    return await loops.result(handle);
  });

const isAsked = (handle: WorkflowHandle<typeof retrain>) =>
  until(async () => (await handle.query(openQuestion).catch(() => null)) !== null);

test('from drift to a new champion: trained, proven, rolled out, in this order', async () => {
  const loop = scriptedLoop();
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(loop.phases()).toEqual([
    'triage',
    'snapshot',
    'fine-tuning',
    'evaluating',
    'servability',
    'rollout',
  ]);
  expect(loop.inputsOf('setShare')).toMatchObject([{ share: 0.1, champion: 'v1', version: 'v2' }]);
  expect(loop.inputsOf('promoteChallenger')).toMatchObject([
    { refit: { onsetSeq: 751, trainedAtSeq: 1_000 } },
  ]);
  expect(loop.inputsOf('dismissChallenger')).toEqual([]);
  expect(loop.outcomes.get(runId)).toEqual(outcome);
});

test('a held run goes on by itself when the labels have come', async () => {
  let asked = 0;
  const loop = scriptedLoop({
    // Labels trickle in: every second question is answered with "not yet, ask again in an hour".
    awaitLabels: async ({ untilSeq }) => ({
      labelled: untilSeq,
      isEnough: (asked += 1) % 2 === 0,
      lookAgainInMs: 3_600_000,
    }),
    evaluateChallenger: async ({ look, cutSeq }) => ({
      verdict:
        look < 4
          ? { kind: 'hold', labelsNeeded: 25, sentence: 'Held: about 25 more labels would settle it.' }
          : { kind: 'promote', by: 'evidence', sentence: 'The challenger is better.' },
      rows: look * 25,
      nextLookAtSeq: cutSeq + (look + 1) * 25,
    }),
  });
  const outcome = await run(loop);

  expect(outcome.kind).toBe('promoted');
  expect(loop.inputsOf('evaluateChallenger').map(({ look }) => look)).toEqual([1, 2, 3, 4]);
  expect(loop.phases()).toContain('holding');
  const waits = loop.inputsOf('awaitLabels').map(({ untilSeq }) => untilSeq);
  expect(waits).toEqual([1_025, 1_025, 1_050, 1_050, 1_075, 1_075, 1_100, 1_100]);
});

test('a gate that may not wait any longer is told so after holdAtMost, and then decides', async () => {
  const loop = scriptedLoop({
    awaitLabels: async () => ({ labelled: 1_000, isEnough: false, lookAgainInMs: 6 * 3_600_000 }),
    evaluateChallenger: async ({ isExpired }) => ({
      verdict: isExpired
        ? { kind: 'reject', by: 'expired', sentence: 'Rejected: the time to decide is over.' }
        : { kind: 'hold', labelsNeeded: 100, sentence: 'Held.' },
      rows: 0,
      nextLookAtSeq: 1_025,
    }),
  });
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'rejected', version: 'v2' });
  // A week, a question every six hours.
  expect(loop.inputsOf('awaitLabels').length).toBe(7 * 4);
  expect(loop.inputsOf('evaluateChallenger')).toHaveLength(1);
});

test('a worse challenger is rejected, taken off trial, and never reaches the traffic', async () => {
  const loop = scriptedLoop({
    evaluateChallenger: async () => ({
      verdict: { kind: 'reject', by: 'evidence', sentence: 'Rejected: the challenger is worse.' },
      rows: 40,
      nextLookAtSeq: 1_050,
    }),
  });
  const outcome = await run(loop);

  expect(outcome).toEqual({
    kind: 'rejected',
    version: 'v2',
    sentence: 'Rejected: the challenger is worse.',
  });
  expect(loop.inputsOf('setShare')).toEqual([]);
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([{ version: 'v2' }]);
});

test.each([
  ['brokenData', 'stop'],
  ['seasonal', 'wait'],
  ['covariateShift', 'watch'],
] as const)('%s trains nothing, and the run says why', async (diagnosis, treatment) => {
  const loop = scriptedLoop({ triage: async () => diagnosed(diagnosis, treatment) });
  const outcome = await run(loop);

  expect(outcome).toEqual({ kind: 'skipped', sentence: `Triage says ${diagnosis}.` });
  expect(loop.story.at(-1)!.data).toMatchObject({ triage: { diagnosis, treatment, overriddenBy: null } });
  expect(loop.inputsOf('fineTune')).toEqual([]);
  expect(loop.inputsOf('recallEarlierVersion')).toEqual([]);
});

test('label shift recalibrates the champion, by the same gate and rollout; more rows would change nothing', async () => {
  const loop = scriptedLoop({ triage: async () => diagnosed('labelShift', 'recalibrate') });
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(loop.inputsOf('fineTune')).toMatchObject([{ recalibrates: true }]);
  expect(loop.inputsOf('evaluateChallenger')).toHaveLength(1);
  expect(loop.inputsOf('promoteChallenger')).toMatchObject([{ refit: null }]);
});

test('what looked like one thing when few rows had come may be another before anything is trained', async () => {
  let looks = 0;
  const planned = scriptedLoop().activities.planRun;
  const loop = scriptedLoop({
    triage: async () =>
      (looks += 1) === 1 ? diagnosed('conceptDrift', 'fine-tune') : diagnosed('seasonal', 'wait'),
    planRun: async (input) =>
      looks === 1 && loop.inputsOf('planRun').length === 1
        ? { kind: 'wait', because: 'onset', labelled: 1_000, untilSeq: 1_020, sentence: 'Waits for labels.' }
        : await planned(input),
  });
  const outcome = await run(loop);

  expect(outcome).toEqual({ kind: 'skipped', sentence: 'Triage says seasonal.' });
  expect(loop.inputsOf('fineTune')).toEqual([]);
});

test('an earlier version that fits is rolled out without training and without another gate', async () => {
  const loop = scriptedLoop({
    triage: async () => ({
      ...diagnosed('recurring', 'reuse'),
      recalled: {
        version: 'v1',
        digest: 'digest-1',
        champion: 'v3',
        sentence: 'v1 fits the new rows better than the champion.',
      },
    }),
  });
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v1' });
  expect(loop.inputsOf('recallEarlierVersion')).toEqual([]);
  expect(loop.inputsOf('fineTune')).toEqual([]);
  expect(loop.inputsOf('evaluateChallenger')).toEqual([]);
  expect(loop.inputsOf('checkServability')).toHaveLength(1);
  expect(loop.inputsOf('promoteChallenger')).toMatchObject([{ champion: 'v3', refit: null }]);
});

test('it waits for rows after the change, and asks its memory on the way', async () => {
  let plans = 0;
  const good = scriptedLoop().activities.planRun;
  const loop = scriptedLoop({
    planRun: async (input) =>
      (plans += 1) < 3
        ? {
            kind: 'wait',
            because: 'onset',
            labelled: 1_000,
            untilSeq: 1_200,
            sentence: 'Waits for 200 labels.',
          }
        : await good(input),
  });
  const outcome = await run(loop);

  expect(outcome.kind).toBe('promoted');
  // Triage has asked it before the first wait, and asks again before the training.
  expect(loop.inputsOf('recallEarlierVersion')).toHaveLength(2);
  expect(loop.inputsOf('triage')).toHaveLength(2);
  expect(loop.inputsOf('awaitLabels')[0]).toMatchObject({ untilSeq: 1_025 });
  expect(loop.sentences().filter((s) => s === 'Waits for 200 labels.')).toHaveLength(1);
});

test('a training that crashes is tried again', async () => {
  let attempts = 0;
  const good = scriptedLoop().activities.fineTune;
  const loop = scriptedLoop({
    fineTune: async (input) => {
      if ((attempts += 1) === 1)
        throw new DriftloopError('DL_TRAINING_CRASHED', 'The process ended by SIGKILL.', {
          fix: 'It is tried again by itself.',
          retryable: true,
        });
      return await good(input);
    },
  });
  const outcome = await run(loop);

  expect(outcome.kind).toBe('promoted');
  expect(attempts).toBe(2);
});

test('a mistake is not tried again, and the run ends with its code', async () => {
  let attempts = 0;
  const loop = scriptedLoop({
    cutSnapshot: async () => {
      attempts += 1;
      throw new DriftloopError('DL_NO_TRAINING_ROWS', 'meter has 3 labelled rows.', {
        fix: 'Wait for more.',
      });
    },
  });
  const outcome = await run(loop);

  expect(outcome).toEqual({
    kind: 'failed',
    sentence: 'meter has 3 labelled rows. (DL_NO_TRAINING_ROWS) Fix: Wait for more.',
  });
  expect(attempts).toBe(1);
});

const approvalWanted = (onTimeout: 'reject' | 'hold' | 'escalate' = 'reject', notifies = false) =>
  ({
    beginRun: async () =>
      settings({ approval: { required: true, timeoutMs: 24 * 3_600_000, onTimeout, notifies } }),
  }) satisfies Partial<Scripted['activities']>;

const says = (kind: 'approve' | 'reject', by: string, reason: string) => ({
  runId,
  kind,
  by,
  roles: ['approver' as const],
  reason,
});

test('a person approves, and only then the challenger reaches the traffic', async () => {
  const loop = scriptedLoop(approvalWanted());
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    expect(loop.inputsOf('setShare')).toEqual([]);
    await handle.executeUpdate(decide, {
      args: [{ ...says('approve', 'anna', 'looks right'), via: 'oidc' }],
    });
  });
  expect(loop.inputsOf('recordDecision')).toMatchObject([{ by: 'anna', via: 'oidc' }]);

  expect(outcome.kind).toBe('promoted');
  expect(loop.decisions).toEqual([{ kind: 'approve', by: 'anna', reason: 'looks right' }]);
  expect(loop.sentences()).toContain('anna approves: looks right');
});

test('a version that was made elsewhere is not trained, and has to prove itself on the rows that come', async () => {
  const loop = scriptedLoop();
  const outcome = await run(loop, async () => {}, { ...regretTrigger, kind: 'manual', version: 'v7' });
  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v7' });
  expect(loop.inputsOf('fineTune')).toEqual([]);
  expect(loop.inputsOf('recallEarlierVersion')).toEqual([]);
  expect(loop.inputsOf('evaluateChallenger')[0]).toMatchObject({
    challenger: { version: 'v7' },
    champion: 'v1',
    gate: 'strict',
    isChosenByErrors: false,
    cutSeq: 1_000,
  });
});

test('a person rejects', async () => {
  const loop = scriptedLoop(approvalWanted());
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.executeUpdate(decide, { args: [says('reject', 'anna', 'holidays')] });
  });

  expect(outcome).toEqual({ kind: 'rejected', version: 'v2', sentence: 'anna rejects v2: holidays' });
  expect(loop.inputsOf('setShare')).toEqual([]);
  expect(loop.inputsOf('dismissChallenger')).toHaveLength(1);
});

test('nobody answers: after the timeout it is rejected, without anybody waiting', async () => {
  const loop = scriptedLoop(approvalWanted());
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'rejected', version: 'v2' });
  expect(loop.decisions).toEqual([]);
});

test('two have to agree: the first is told, and the question stays open for the second', async () => {
  const loop = scriptedLoop(approvalWanted());
  Object.assign(loop.approval.policy, { quorum: 2 });
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('One more approval is needed.'));
    expect(await handle.query(openQuestion)).not.toBeNull();
    await handle.executeUpdate(decide, { args: [says('approve', 'ben', 'agreed')] });
  });

  expect(outcome.kind).toBe('promoted');
  expect(loop.sentences()).toContain('ben approves: agreed');
});

test('what was approved has changed during a pause: the approval is void, and it is asked again', async () => {
  const loop = scriptedLoop(approvalWanted('hold', true));
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.signal(pause, { by: 'ben' });
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('anna approves: looks right'));
    loop.approval.boundTo = { ...loop.approval.boundTo, policy: 'policy-2' };
    await handle.signal(resume, { by: 'ben' });
    await isAsked(handle);
    expect(loop.inputsOf('setShare')).toEqual([]);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'still right')] });
  });

  expect(outcome.kind).toBe('promoted');
  expect(loop.sentences()).toContain(
    'The approval of anna is void: the policy changed. One more approval is needed.',
  );
  const told = loop.inputsOf('postNotice').map(({ notice }) => notice.event);
  expect(told.toSorted()).toEqual(['decided', 'decided', 'requested', 'requested', 'void']);
});

test('labels of the test are corrected after somebody approved: the gate looks again, and people are asked anew', async () => {
  const loop = scriptedLoop(approvalWanted('hold', true));
  Object.assign(loop.approval.policy, { quorum: 2 });
  const evaluate = loop.activities.evaluateChallenger;
  loop.activities.evaluateChallenger = async (look) => {
    if (look.look > 1)
      Object.assign(loop.approval, {
        outdated: null,
        boundTo: { ...loop.approval.boundTo, report: 'report-2', test: 'test-2' },
      });
    return await evaluate(look);
  };
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('One more approval is needed.'));
    loop.approval.outdated = { tested: 412, relabelled: 3, withdrawn: 0, golden: 0 };
    // Nobody says anything: the run finds it out by itself, and does not wait for the day to end.
    await loops.sleep('2 hours');
    await isAsked(handle);
    expect(loop.inputsOf('setShare')).toEqual([]);
    for (const name of ['anna', 'ben'])
      await handle.executeUpdate(decide, { args: [says('approve', name, 'still right')] });
  });

  expect(outcome.kind).toBe('promoted');
  expect(loop.inputsOf('evaluateChallenger').map(({ look }) => look)).toEqual([1, 2]);
  expect(loop.sentences()).toContain(
    'The approval of anna is void: 3 of the 412 rows that tested have another label now. The gate looks again.',
  );
  expect(loop.phases().slice(-5)).toEqual([
    'servability',
    'waiting-for-approval',
    'evaluating',
    'waiting-for-approval',
    'rollout',
  ]);
  const told = loop.inputsOf('postNotice').map(({ notice }) => notice.event);
  expect(told.toSorted()).toEqual(['decided', 'requested', 'requested', 'void']);
});

test('the gate that looks again may say no: nobody is asked any more', async () => {
  const loop = scriptedLoop({
    ...approvalWanted('hold'),
    evaluateChallenger: async ({ look }) => ({
      verdict:
        look === 1
          ? { kind: 'promote', by: 'evidence', sentence: 'Better.' }
          : { kind: 'reject', by: 'evidence', sentence: 'Rejected: worse on the corrected labels.' },
      rows: 412,
      nextLookAtSeq: 2_000,
    }),
  });
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.signal(pause, { by: 'ben' });
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('anna approves: looks right'));
    // Everybody has said yes, and the model was paused for a while.
    loop.approval.outdated = { tested: 412, relabelled: 0, withdrawn: 1, golden: 0 };
    await handle.signal(resume, { by: 'ben' });
  });
  expect(outcome).toEqual({
    kind: 'rejected',
    version: 'v2',
    sentence: 'Rejected: worse on the corrected labels.',
  });
  expect(loop.inputsOf('setShare')).toEqual([]);
});

test('an earlier version whose evidence has other labels now has to prove itself on the rows that come', async () => {
  const recalled = { version: 'v0', digest: 'digest-0', champion: 'v1', sentence: 'v0 fits.' };
  const loop = scriptedLoop({
    ...approvalWanted('hold'),
    triage: async () => ({ ...diagnosed('recurring', 'reuse'), recalled }),
  });
  const evaluate = loop.activities.evaluateChallenger;
  loop.activities.evaluateChallenger = async (look) => {
    loop.approval.outdated = null;
    return await evaluate(look);
  };
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    loop.approval.outdated = { tested: 40, relabelled: 1, withdrawn: 0, golden: 0 };
    await loops.sleep('2 hours');
    await isAsked(handle);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'agreed')] });
  });
  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v0' });
  expect(loop.inputsOf('tryRegistered')).toMatchObject([{ runId, version: 'v0' }]);
  expect(loop.inputsOf('evaluateChallenger')).toMatchObject([{ look: 1, challenger: { version: 'v0' } }]);
});

test('the policy changes while a second word is awaited: who had approved is told within hours, once', async () => {
  const loop = scriptedLoop(approvalWanted('hold', true));
  Object.assign(loop.approval.policy, { quorum: 2 });
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('One more approval is needed.'));
    loop.approval.boundTo = { ...loop.approval.boundTo, policy: 'policy-2' };
    // Far beyond the time to decide, after which nobody would look at it again.
    await loops.sleep('4 days');
    const told = loop.sentences().filter((sentence) => sentence.startsWith('The approval of anna is void'));
    expect(told).toEqual(['The approval of anna is void: the policy changed. 2 more approvals are needed.']);
    for (const name of ['anna', 'ben'])
      await handle.executeUpdate(decide, { args: [says('approve', name, 'agreed')] });
  });

  expect(outcome.kind).toBe('promoted');
  const told = loop.inputsOf('postNotice').map(({ notice }) => notice.event);
  expect(told.toSorted()).toEqual(['decided', 'requested', 'timed-out', 'void']);
  // In four days it is looked at a few times a day, not once a minute.
  expect(loop.inputsOf('readApproval').length).toBeLessThan(30);
});

test('what was void holds again: a decision that is refused for it lets the run look, and it goes on', async () => {
  const loop = scriptedLoop(approvalWanted('hold', true));
  const keep = loop.activities.recordDecision;
  loop.activities.recordDecision = async (given) => {
    if (standingOf(loop.approval).kind !== 'approved') return await keep(given);
    throw new DriftloopError('DL_ALREADY_DECIDED', 'anna has approved it.', { fix: 'Look.', status: 409 });
  };
  const refused: (DriftloopError | null)[] = [];
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await handle.signal(pause, { by: 'ben' });
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.sentences().includes('anna approves: looks right'));
    const before = loop.approval.boundTo;
    loop.approval.boundTo = { ...before, policy: 'policy-2' };
    await handle.signal(resume, { by: 'ben' });
    await isAsked(handle);
    loop.approval.boundTo = before;
    await handle
      .executeUpdate(decide, { args: [says('approve', 'ben', 'me too')] })
      .catch((error: unknown) => refused.push(fromFailure(error)));
  });

  expect(refused.map((error) => error?.code)).toEqual(['DL_ALREADY_DECIDED']);
  expect(outcome.kind).toBe('promoted');
});

test('what was void holds again, and nobody says a word: that is no rejection when time is up', async () => {
  const loop = scriptedLoop(approvalWanted());
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    const { boundTo } = loop.approval;
    const at = '2026-01-05T10:00:00.000Z';
    const { kind, by, roles, reason } = says('approve', 'anna', 'looked right before');
    loop.approval.decisions.push({ kind, by, roles, reason, at, boundTo });
  });

  expect(outcome.kind).toBe('promoted');
});

test('two agree at once, and who was written down last is heard first: it is decided all the same', async () => {
  const loop = scriptedLoop(approvalWanted());
  Object.assign(loop.approval.policy, { quorum: 2 });
  const keep = loop.activities.recordDecision;
  let letFirstBack = () => {};
  const secondIsBack = new Promise<void>((resolve) => (letFirstBack = resolve));
  loop.activities.recordDecision = async (given) => {
    const approval = await keep(given);
    if (given.by === 'anna') await secondIsBack;
    return approval;
  };
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    const anna = handle.executeUpdate(decide, { args: [says('approve', 'anna', 'looks right')] });
    await until(() => loop.decisions.length === 1);
    await handle.executeUpdate(decide, { args: [says('approve', 'ben', 'agreed')] });
    letFirstBack();
    await anna;
  });

  expect(outcome.kind).toBe('promoted');
});

test('nobody answers: it is escalated once, aloud and by notice, and then rejected', async () => {
  const loop = scriptedLoop(approvalWanted('escalate', true));
  const outcome = await run(loop);

  expect(outcome).toMatchObject({ kind: 'rejected', version: 'v2' });
  const asked = loop.story.flatMap(({ data }) => (data?.['asked'] === undefined ? [] : [data['asked']]));
  expect(asked).toMatchObject([
    { isEscalated: false, onTimeout: 'escalate' },
    { isEscalated: true, onTimeout: 'reject' },
  ]);
  expect(loop.sentences()).toContain(
    'Nobody has decided in time: everyone with the role admin may decide as well from now on.',
  );
  expect(loop.inputsOf('postNotice').map(({ notice }) => notice.event)).toContain('timed-out');
});

test('nobody answers and the question is held: it stays open, without an end', async () => {
  const loop = scriptedLoop(approvalWanted('hold'));
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    await loops.sleep('3 days');
    expect(loop.sentences()).toContain('Nobody has decided in time: it stays held until somebody does.');
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'back from leave')] });
  });
  expect(outcome.kind).toBe('promoted');
});

test('a gate that holds may be forced, and one that does not may not', async () => {
  const loop = scriptedLoop({
    ...holdingGate('Held: about 900 more labels would settle it.'),
    ...approvalWanted('hold'),
  });
  const wish = { runId, by: 'root', via: 'token', reason: 'the old one is down' } as const;
  const refused: DriftloopError[] = [];
  const outcome = await run(loop, async (handle) => {
    await until(() => loop.phases().includes('holding'));
    await handle.executeUpdate(force, { args: [wish] });
    // The way of a version to production is the same as ever: people are asked.
    await isAsked(handle);
    await handle
      .executeUpdate(force, { args: [wish] })
      .catch((error: unknown) => refused.push(fromFailure(error)!));
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'agreed')] });
  });

  expect(outcome.kind).toBe('promoted');
  expect(loop.inputsOf('recordForced')).toEqual([wish]);
  expect(loop.story.find(({ data }) => data?.['forced'] === true)?.sentence).toBe(
    'root: the old one is down',
  );
  expect(refused.map(({ code }) => code)).toEqual(['DL_RUN_NOT_HELD']);
});

test('a decision that nobody asked for is refused with a code and a fix', async () => {
  const loop = scriptedLoop(approvalWanted('hold'));
  const refused: DriftloopError[] = [];
  await run(loop, async (handle) => {
    await isAsked(handle);
    const decision = says('approve', 'anna', 'looks right');
    const other = handle.executeUpdate(decide, { args: [{ ...decision, runId: 'run-2' }] });
    await other.catch((error: unknown) => refused.push(fromFailure(error)!));
    await handle.executeUpdate(decide, { args: [{ ...decision, runId }] });
  });

  expect(refused.map(({ code, status }) => [code, status])).toEqual([['DL_RUN_NOT_WAITING', 409]]);
  expect(refused[0]?.fix).toContain('driftloop run show run-2');
});

test('in mode suggest nothing is trained and nothing promoted without a person', async () => {
  const loop = scriptedLoop({ beginRun: async () => settings({ mode: 'suggest' }) });
  const outcome = await run(loop, async (handle) => {
    await isAsked(handle);
    expect(loop.inputsOf('fineTune')).toEqual([]);
    await handle.executeUpdate(decide, { args: [says('approve', 'anna', 'go on')] });
    await isAsked(handle);
    expect(loop.inputsOf('setShare')).toEqual([]);
    await handle.executeUpdate(decide, { args: [says('approve', 'ben', 'good')] });
  });

  expect(outcome.kind).toBe('promoted');
  expect(loop.decisions.map(({ by }) => by)).toEqual(['anna', 'ben']);
});

test('in mode "off" a run that somebody asked for goes its way, unasked', async () => {
  const loop = scriptedLoop({ beginRun: async () => settings({ mode: 'off' }) });
  const manual: Trigger = {
    ...regretTrigger,
    kind: 'manual',
    by: 'anna',
    reason: 'anna asked for it: new tariff',
  };
  expect(await run(loop, undefined, manual)).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(loop.phases()).not.toContain('waiting-for-approval');
});

test('a version that a server answers otherwise is not rolled out', async () => {
  const loop = scriptedLoop({
    checkServability: async () => ({
      isServable: false,
      sentence: 'v2 cannot be served.',
      p99Ms: null,
      memoryMb: null,
    }),
  });
  expect(await run(loop)).toEqual({ kind: 'rejected', version: 'v2', sentence: 'v2 cannot be served.' });
  expect(loop.inputsOf('setShare')).toEqual([]);
});

test('a cancelled run leaves nothing on trial and says so', async () => {
  const loop = scriptedLoop({
    awaitLabels: async () => ({ labelled: 1_000, isEnough: false, lookAgainInMs: 3_600_000 }),
    ...approvalWanted('hold'),
    evaluateChallenger: scriptedLoop().activities.evaluateChallenger,
  });
  const outcome = await run(loop, async (handle) => {
    await until(() => loop.inputsOf('awaitLabels').length > 0);
    await handle.cancel();
  });

  expect(outcome).toEqual({ kind: 'failed', sentence: 'The run was cancelled.' });
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([{ version: 'v2' }]);
});

test('a model that is paused stops training, and goes on when it is resumed', async () => {
  const heard: string[] = [];
  const trained = await scriptedLoop().activities.fineTune({} as never);
  const loop = scriptedLoop({
    async fineTune() {
      heard.push('training');
      if (heard.length > 1) return trained;
      const context = Context.current();
      const heart = setInterval(() => context.heartbeat(), 20);
      try {
        return await context.cancelled;
      } finally {
        clearInterval(heart);
        heard.push('stopped');
      }
    },
  });
  const outcome = await run(loop, async (handle) => {
    await until(() => heard.length === 1);
    await handle.signal(pause, { by: 'anna' });
    await until(() => loop.sentences().some((sentence) => sentence.startsWith('Paused')));
    expect(heard).toEqual(['training', 'stopped']);
    await loops.sleep('1 hour');
    expect(heard).toEqual(['training', 'stopped']);
    await handle.signal(resume, { by: 'anna' });
  });
  expect(heard).toEqual(['training', 'stopped', 'training']);
  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
});

const day = 24 * 3_600_000;
/** A team serves the model itself. */
const servedOutside = {
  beginRun: async () => settings({ handover: { deliverWithinMs: 3 * day, deployWithinMs: 7 * day } }),
};

test('a team that serves by itself is handed the version; it is champion when production answers with it', async () => {
  let looks = 0;
  const loop = scriptedLoop({
    ...servedOutside,
    awaitProduction: async () => ({ isAnswering: (looks += 1) === 3, sentence: 'v2 answered all' }),
  });
  expect(await run(loop)).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(loop.inputsOf('deliverVersion')).toMatchObject([
    { runId, version: 'v2', digest: 'digest-2', champion: 'v1' },
  ]);
  expect(loop.inputsOf('awaitProduction')).toHaveLength(3);
  expect(loop.inputsOf('promoteChallenger')).toMatchObject([
    { champion: 'v1', refit: { onsetSeq: 751, trainedAtSeq: 1_000 } },
  ]);
  // There is no traffic of ours to give it a share of, or to judge it by.
  for (const name of ['setShare', 'judgeStep', 'awaitServers'] as const)
    expect(loop.inputsOf(name)).toEqual([]);
  expect(loop.phases().at(-1)).toBe('rollout');
});

test('a webhook that refuses is tried for as long as it says, ever more seldom, and then its word is the outcome', async () => {
  const loop = scriptedLoop({
    beginRun: async () => settings({ handover: { deliverWithinMs: day / 4, deployWithinMs: 7 * day } }),
    deliverVersion: async () => {
      throw new DriftloopError('DL_WEBHOOK_REFUSED', 'https://team.example.org answered 500.', {
        fix: 'See its log.',
        retryable: true,
      });
    },
  });
  expect(await run(loop)).toEqual({
    kind: 'failed',
    sentence: 'https://team.example.org answered 500. (DL_WEBHOOK_REFUSED) Fix: See its log.',
  });
  const tries = loop.inputsOf('deliverVersion');
  // Ten of them in the first quarter of an hour, and from then on one every ten minutes, for six hours.
  expect(tries.length).toBeGreaterThan(38);
  expect(tries.length).toBeLessThan(50);
  expect(new Set(tries.map((given) => JSON.stringify(given))).size).toBe(1);
  expect(loop.inputsOf('promoteChallenger')).toEqual([]);
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([{ version: 'v2' }]);
});

test('a version that production never answers with is withdrawn', async () => {
  const loop = scriptedLoop({
    // An activity takes no time here.
    beginRun: async () => settings({ handover: { deliverWithinMs: 3 * day, deployWithinMs: 1 } }),
    awaitProduction: async () => ({
      isAnswering: false,
      sentence: 'v1 answered 50 of the newest 50 predictions',
    }),
  });
  const outcome = await run(loop);
  expect(outcome).toEqual({
    kind: 'withdrawn',
    version: 'v2',
    sentence:
      'v2 was handed over, but production has not answered with it in time: v1 answered 50 of the newest 50 predictions.',
  });
  expect(loop.inputsOf('dismissChallenger')).toMatchObject([{ version: 'v2' }]);
});
