import { cloudEventType, toCloudEvent } from '../../domain/cloud-event.ts';
import type { Delivery, Posted } from '../../domain/deliveries.ts';
import { DriftloopError, withoutPassword } from '../../domain/errors.ts';
import type { Webhook } from '../../domain/ports.ts';
import { slackMessage } from '../../domain/slack-message.ts';
import type { DeclaredWebhook } from '../../domain/webhook-config.ts';

export type PostingParts = Readonly<{
  webhook: Webhook;
  namespace: string;
  consoleUrl?: string;
  /** The value of a variable of the worker. */
  readVariable: (name: string) => string | undefined;
  /** How long to wait after so many tries. */
  waitAfterMs?: (tries: number) => number;
}>;

/**
 * What the Standard Webhooks specification recommends: at once, then after these many seconds, each counted from the
 * try before. A little chance keeps those that failed together apart.
 */
const waitsSeconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
export const standardWaitMs = (tries: number): number =>
  1_000 * (waitsSeconds[tries - 1] ?? waitsSeconds.at(-1)!) * (1 + 0.1 * Math.random());

/** Whoever answers this has said that they want no more. */
const GONE = 410;
/** Signs CloudEvents where nothing else is named. */
const DEFAULT_SECRET = 'DRIFTLOOP_WEBHOOK_SECRET';

/** Posts one event once, and says what became of it. Never throws for what the receiver does. */
export async function postEvent(
  { webhook, namespace, consoleUrl, readVariable, waitAfterMs = standardWaitMs }: PostingParts,
  declared: DeclaredWebhook,
  delivery: Delivery & { tries: number },
): Promise<Posted> {
  const failed = (status: number | null, problem: string): Posted =>
    status === GONE || delivery.tries >= declared.tries
      ? { kind: 'dead', status, problem }
      : { kind: 'failed', status, problem, againInMs: waitAfterMs(delivery.tries) };
  const url = declared.url ?? readVariable(declared.urlEnv!) ?? '';
  if (!URL.canParse(url))
    return failed(null, `${declared.urlEnv} is not set where the worker runs, or is no address.`);
  const isSlack = declared.format === 'slack';
  const body = isSlack
    ? slackMessage(delivery, { namespace, ...(consoleUrl === undefined ? {} : { consoleUrl }) })
    : toCloudEvent({ ...delivery, id: delivery.eventId }, namespace);
  try {
    const { status } = await webhook.post({
      url,
      secretEnv: declared.secretEnv ?? (isSlack ? null : DEFAULT_SECRET),
      id: delivery.eventId,
      body: JSON.stringify(body),
      contentType: isSlack ? 'application/json' : cloudEventType,
    });
    if (status >= 200 && status < 300) return { kind: 'delivered', status };
    return failed(status, status === GONE ? 'It answered 410: it wants no more.' : `It answered ${status}.`);
  } catch (error) {
    if (!(error instanceof DriftloopError)) throw error;
    // An address out of a variable is a secret.
    return failed(
      null,
      withoutPassword(
        declared.url === undefined ? error.message.replaceAll(url, declared.urlEnv!) : error.message,
      ),
    );
  }
}
