import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';
import { workflowIds } from '../domain/names.ts';
import { quick } from './activities.ts';
import { retrain } from './retrain.ts';
import type { RetrainInput } from './retrain.ts';

/** A run that has just ended may need a moment to be gone. */
const TRIES = 15;

/**
 * Starts a run, detached: it goes on whatever becomes of its supervisor. Its row is there when this returns, so that
 * whoever asked for it can look it up. False when another run is in flight after all.
 */
export async function beginRun(input: RetrainInput): Promise<boolean> {
  const { namespace, model, runId, trigger } = input;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await startChild(retrain, {
        workflowId: workflowIds.retrain(namespace, model),
        parentClosePolicy: ParentClosePolicy.ABANDON,
        memo: { runId },
        args: [input],
      });
      break;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (attempt === TRIES) return false;
      await sleep('1 second');
    }
  }
  await quick.beginRun({ runId, model, trigger });
  return true;
}
