import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, TrainingActivities } from '../activities/control-activities.ts';
import { taskQueues } from '../domain/names.ts';

/**
 * Activities grouped by how they fail, side by side so that a reader can compare. All heartbeat, so that a worker that
 * was killed in the middle of one costs seconds.
 */
const aliveWithin = '10 seconds';

/** Reads and writes of a row or two: quick, and tried until the store is back. */
export const quick = proxyActivities<ControlActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: aliveWithin,
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
});

/** Versions are loaded and answer rows: minutes at most, and pointless to try for ever. */
export const scoring = proxyActivities<ControlActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: aliveWithin,
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts: 20 },
});

/** Watch for minutes, one or two for each model, and hand back; a workflow that has heard something else lets go at once. */
export const watching = proxyActivities<ControlActivities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

/** A webhook of somebody else: tried for days, ever more seldom, and not a second longer. */
export const delivering = (withinMs: number) =>
  proxyActivities<ControlActivities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: aliveWithin,
    scheduleToCloseTimeout: withinMs,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 minutes' },
  });

/**
 * Hours on a GPU. A worker that is not heard of is taken for dead soon, because another one goes on from the newest
 * checkpoint; the activity itself counts the tries that get nowhere, so that workers may come and go as often as they
 * like. A cancelled training is waited for, so that its process is gone when the run ends.
 */
export const training = (namespace: string) =>
  proxyActivities<TrainingActivities>({
    taskQueue: taskQueues(namespace).training,
    startToCloseTimeout: '12 hours',
    heartbeatTimeout: aliveWithin,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1 second', maximumInterval: '15 seconds', maximumAttempts: 500 },
  });
