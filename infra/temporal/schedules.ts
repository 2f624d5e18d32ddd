import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleOptions } from '@temporalio/client';
import { taskQueues } from '../../domain/names.ts';
import { drillRollback } from '../../workflows/drill-rollback.ts';
import { fireSchedule } from '../../workflows/fire-schedule.ts';

type Aligner = (model: string, cron: string | null) => Promise<void>;
type Action = Pick<ScheduleOptions['action'], 'workflowType' | 'args'>;

/** Keeps the Temporal schedule of a model's runs in step with its config. */
export const createScheduleAligner = (client: Client, namespace: string): Aligner =>
  createAligner(client, namespace, 'schedule', (model) => ({
    workflowType: fireSchedule,
    args: [{ namespace, model }],
  }));

/** The same for the drills of its way back. */
export const createDrillAligner = (client: Client, namespace: string): Aligner =>
  createAligner(client, namespace, 'drills', (model) => ({ workflowType: drillRollback, args: [{ model }] }));

/**
 * The clock is Temporal's: it fires from the slot, whoever is up, and a slot that was missed for less than an hour is
 * made up for.
 */
const createAligner =
  (client: Client, namespace: string, kind: string, actionOf: (model: string) => Action): Aligner =>
  async (model, cron) => {
    const scheduleId = `${namespace}/${kind}/${model}`;
    const handle = client.schedule.getHandle(scheduleId);
    if (cron === null) {
      await handle.delete().catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
      return;
    }
    const wanted = {
      spec: { cronExpressions: [cron] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' },
      action: {
        type: 'startWorkflow',
        workflowId: `${scheduleId}/slot`,
        taskQueue: taskQueues(namespace).control,
        ...actionOf(model),
      },
    } satisfies Omit<ScheduleOptions, 'scheduleId'>;
    try {
      await client.schedule.create({ scheduleId, ...wanted });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await handle.update((present) => ({ ...present, ...wanted }));
    }
  };
