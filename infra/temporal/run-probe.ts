import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { workflowIds } from '../../domain/names.ts';

/** Whether the workflow of a run still goes on. */
export const createRunProbe =
  (client: Client, namespace: string) =>
  async (model: string, runId: string): Promise<boolean> => {
    try {
      const run = client.workflow.getHandle(workflowIds.retrain(namespace, model));
      const { status, memo } = await run.describe();
      return status.name === 'RUNNING' && memo?.['runId'] === runId;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
