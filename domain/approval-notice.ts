import type { Approval } from './approval.ts';

/** What a chat tool is told about a decision. */
export type ApprovalNotice = Readonly<{
  /** The same at every try. */
  id: string;
  event: 'requested' | 'decided' | 'void' | 'timed-out';
  /** RFC 3339. */
  at: string;
  sentence: string;
}>;

type Context = Readonly<{
  namespace: string;
  model: string;
  runId: string;
  version: string | null;
  approval: Approval;
  /** Where the page of the decision is; null where it is not known. */
  page: string | null;
}>;

/**
 * The body of a notice: `type`, `timestamp` and `data` as the Standard Webhooks specification has them, and `text`,
 * which is all that Slack and those who speak like it show. `data.boundTo` is what an approval over the API has to send
 * back.
 */
export const noticeBody = (
  { event, at, sentence }: ApprovalNotice,
  { namespace, model, runId, version, approval, page }: Context,
) => ({
  type: `driftloop.approval.${event}`,
  timestamp: at,
  data: {
    namespace,
    model,
    runId,
    version,
    about: approval.about,
    sentence,
    boundTo: approval.boundTo,
    decisions: approval.decisions.map(({ kind, by, reason }) => ({ kind, by, reason })),
    ...(page === null ? {} : { page }),
  },
  text: [
    `*${escapedForChat(model)}*: ${escapedForChat(sentence)}`,
    ...(page === null ? [] : [`<${page}|Read and decide>`]),
  ].join('\n'),
});

/** A reason that somebody wrote must not become a link, nor call a whole channel. */
export const escapedForChat = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
