import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, ScheduleOptions } from '@temporalio/client';
import { taskQueues } from '../../domain/names.ts';
import { fireSchedule } from '../../workflows/fire-schedule.ts';

const idOf = (namespace: string, model: string) => `${namespace}/schedule/${model}`;

/**
 * Keeps the Temporal schedule of a model in step with its config. The clock is Temporal's: it fires from the slot,
 * whoever is up, and a slot that was missed for less than an hour is made up for.
 */
export const createScheduleAligner =
  (client: Client, namespace: string) =>
  async (model: string, cron: string | null): Promise<void> => {
    const scheduleId = idOf(namespace, model);
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
        workflowType: fireSchedule,
        workflowId: `${scheduleId}/slot`,
        taskQueue: taskQueues(namespace).control,
        args: [{ namespace, model }] as [{ namespace: string; model: string }],
      },
    } satisfies Omit<ScheduleOptions, 'scheduleId'>;
    try {
      await client.schedule.create({ scheduleId, ...wanted });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await handle.update((present) => ({ ...present, ...wanted }));
    }
  };
