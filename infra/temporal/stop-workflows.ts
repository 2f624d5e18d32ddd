import { WorkflowNotFoundError } from '@temporalio/client';
import { workflowIds } from '../../domain/names.ts';
import { connectClient, type TemporalAddress } from './connect.ts';

/**
 * Terminates what runs for some models in a namespace: what a workflow remembers is no longer what the database says.
 * Safe to repeat: what does not run is left as it is.
 *
 * @returns how many were running
 */
export async function stopWorkflows(
  { temporal, namespace }: { temporal: TemporalAddress; namespace: string },
  models: readonly string[],
  because: string,
): Promise<number> {
  const { client, close } = await connectClient(temporal);
  let stopped = 0;
  try {
    for (const model of models) {
      // The supervisor first, or it would begin another run.
      for (const idOf of [workflowIds.supervise, workflowIds.retrain, workflowIds.rollout]) {
        try {
          await client.workflow.getHandle(idOf(namespace, model)).terminate(because);
          stopped += 1;
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      }
    }
    return stopped;
  } finally {
    await close();
  }
}
