import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import type { ApprovalNotice } from '../domain/approval-notice.ts';
import { workflowIds } from '../domain/names.ts';
import { delivering } from './activities.ts';
import type { RunContext } from './retrain.ts';

/** A chat tool that is away for longer learns it from the console. */
const NOTICE_WITHIN_MS = 24 * 3_600_000;

type Told = Pick<RunContext, 'model' | 'runId'> & { configDigest: string; notice: ApprovalNotice };

/** Tells a chat tool, for as long as that takes, without the run waiting for it. */
export async function sendNotice(told: Told): Promise<void> {
  await delivering(NOTICE_WITHIN_MS).postNotice(told);
}

/** Resolves once it is on its way; a notice that cannot be sent stops nobody. */
export async function announce(
  { namespace, model, runId, settings }: RunContext,
  event: ApprovalNotice['event'],
  sentence: string,
): Promise<void> {
  if (!settings.approval.notifies) return;
  const id = uuid4();
  const notice = { id, event, at: new Date().toISOString(), sentence };
  await startChild(sendNotice, {
    workflowId: workflowIds.notice(namespace, id),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [{ model, runId, configDigest: settings.configDigest, notice }],
  }).catch(() => {});
}
