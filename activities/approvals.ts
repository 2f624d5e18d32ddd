import { noticeBody } from '../domain/approval-notice.ts';
import type { ApprovalNotice } from '../domain/approval-notice.ts';
import type { Approval } from '../domain/approval.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { Speaker } from '../domain/person.ts';
import type { NewDecision } from '../domain/ports.ts';
import type { Promotion } from '../domain/verdict.ts';
import type { Ports } from './ports.ts';

/** What people decide about a run, and who is told. */
export const createApprovalActivities = (
  { runs, models, webhook }: Pick<Ports, 'runs' | 'models' | 'webhook'>,
  { namespace, consoleUrl }: { namespace: string; consoleUrl?: string },
) => ({
  /** Keeps a person's decision. Safe to repeat: the same id is the same decision. */
  recordDecision: ({ runId, ...decision }: NewDecision & { runId: string }): Promise<Approval> =>
    runs.decide(runId, decision),

  /** How a question stands now. Safe to repeat: it only reads. */
  readApproval: ({ runId }: { runId: string }): Promise<Approval> => runs.approval(runId),

  /** Keeps a person's word against the gate. Safe to repeat: the first one stands. */
  recordForced: ({ runId, ...why }: Speaker & { runId: string; reason: string }): Promise<Promotion> =>
    runs.force(runId, why),

  /** Posts a notice to the webhook of the approval. Safe to repeat: the id stays the same. Throws until it is answered 2xx. */
  async postNotice({
    runId,
    model,
    configDigest,
    notice,
  }: {
    runId: string;
    model: string;
    configDigest: string;
    notice: ApprovalNotice;
  }): Promise<void> {
    const { notify } = (await models.getPinned(model, configDigest)).approval;
    if (notify === undefined) return;
    const { version } = await runs.get(runId);
    const approval = await runs.approval(runId);
    const page = consoleUrl === undefined ? null : new URL(`/runs/${runId}/approve`, consoleUrl).href;
    const body = noticeBody(notice, { namespace, model, runId, version, approval, page });
    const { status } = await webhook.post({
      url: notify.webhook,
      secretEnv: notify.secretEnv,
      id: notice.id,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
    if (status < 200 || status >= 300) throw webhookRefused(notify.webhook, status);
  },
});

export const webhookRefused = (url: string, status: number) =>
  new DriftloopError('DL_WEBHOOK_REFUSED', `${url} answered ${status}.`, {
    fix: 'See why in the log of whoever answers there; it is tried again by itself.',
    status: 502,
    retryable: true,
  });
