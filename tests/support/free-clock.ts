import { setTimeout } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** So long nothing may have happened before the clock counts as held by nobody: server threads take milliseconds. */
const STILL_FOR_MS = 1_000;

/** What the server has begun and not ended: it is busy, although no worker is. */
const underWay = [
  'workflowTaskScheduledEventAttributes',
  'workflowTaskStartedEventAttributes',
  'startChildWorkflowExecutionInitiatedEventAttributes',
  'signalExternalWorkflowExecutionInitiatedEventAttributes',
  'requestCancelExternalWorkflowExecutionInitiatedEventAttributes',
] as const;

/** Temporal's PENDING_ACTIVITY_STATE_SCHEDULED: no worker has it. */
const SCHEDULED = 1;

/**
 * Waits for what a jump of the skipping clock brings, and gives the clock back what the server has lost.
 *
 * The server counts who holds its clock: an activity from its scheduling to its answer, a workflow task from its
 * scheduling to its completion. It counts down at that answer only, and so never where the answer comes too late or not
 * at all: an activity whose workflow has ended meanwhile, one that was cancelled before a worker had it, the task of a
 * workflow that was terminated (TestWorkflowMutableStateImpl, `lockTimer` and `unlockTimer`). From then on no jump comes.
 *
 * So its count is made up for, but only where it can be proven wrong: nothing open has anything under way, no history
 * has grown for a second, and the clock has gone on by that second and no more. If it was free after all, the server
 * refuses to count below zero; so no jump is ever made before its time, however busy the machine.
 */
export async function jumping<T>(env: TestWorkflowEnvironment, jump: Promise<T>): Promise<T> {
  const over = new AbortController();
  const mending = mend(env, over.signal);
  try {
    return await jump;
  } finally {
    over.abort();
    await mending;
  }
}

async function mend(env: TestWorkflowEnvironment, over: AbortSignal): Promise<void> {
  let before: Rest | null = null;
  while (!over.aborted) {
    const now = await restOf(env);
    if (before !== null && now !== null && isStuck(before, now) && !over.aborted) {
      // Refused where nobody holds the clock, which is then as it should be.
      await env.connection.testService?.unlockTimeSkipping({}).catch(() => {});
      before = null;
    } else before = now;
    await setTimeout(STILL_FOR_MS, null, { signal: over }).catch(() => {});
  }
}

/** How everything stood at a moment at which nothing was under way. */
type Rest = { histories: string; skippedMs: number };

/** How far the clock is ahead of ours has not changed, and nothing has happened. */
const isStuck = (before: Rest, now: Rest): boolean =>
  before.histories === now.histories && Math.abs(now.skippedMs - before.skippedMs) < STILL_FOR_MS;

/** Null while anything is under way: then the clock is held rightly. */
async function restOf(env: TestWorkflowEnvironment): Promise<Rest | null> {
  const { workflowService } = env.connection;
  const namespace = env.namespace ?? 'default';
  const lengths: string[] = [];
  try {
    const { executions } = await workflowService.listOpenWorkflowExecutions({ namespace });
    for (const { execution } of executions) {
      const handle = env.client.workflow.getHandle(execution!.workflowId!, execution!.runId!);
      const { raw } = await handle.describe();
      if (!(raw.pendingActivities ?? []).every(waitsForItsNextTry)) return null;
      const events = (await handle.fetchHistory()).events ?? [];
      const last = events.at(-1)!;
      if (underWay.some((kind) => last[kind])) return null;
      lengths.push(`${execution!.runId} ${events.length}`);
    }
    return { histories: lengths.sort().join(), skippedMs: (await env.currentTimeMs()) - Date.now() };
  } catch {
    // What ended while it was looked at was under way.
    return null;
  }
}

/** It holds nothing until then. */
const waitsForItsNextTry = ({ state, attempt }: { state?: unknown; attempt?: number | null }): boolean =>
  state === SCHEDULED && (attempt ?? 1) > 1;
