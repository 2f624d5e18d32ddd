import { getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { workflowIds } from '../domain/names.ts';
import { slotCame } from './supervisor-desk.ts';

/** What a model's schedule starts at each slot: tells the supervisor, and is gone. */
export async function fireSchedule({
  namespace,
  model,
}: {
  namespace: string;
  model: string;
}): Promise<void> {
  const [slot] = workflowInfo().searchAttributes['TemporalScheduledStartTime'] ?? [];
  const at = slot instanceof Date ? slot : workflowInfo().startTime;
  const supervisor = getExternalWorkflowHandle(workflowIds.supervise(namespace, model));
  await supervisor.signal(slotCame, { at: at.toISOString() });
}
