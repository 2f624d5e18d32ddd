import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { Log } from '../domain/log-events.ts';
import type { AlertStore, Loop } from '../domain/ports.ts';
import { AlertPayloadInvalid, readAlertWebhook } from '../monitors/alertmanager-webhook.ts';
import { canBeginRun } from '../monitors/choose-trigger.ts';

export type AlertWebhookParts = {
  alerts: Pick<AlertStore, 'record'>;
  loop: Pick<Loop, 'alertFired'>;
  namespace: string;
  token: string;
  /** Hears of failures that are ours. */
  log: Pick<Log, 'error'>;
};

/** Far more than a thousand alerts at once. */
const maxBodyBytes = 4 * 1024 * 1024;

const unauthorised = (message: string) => ({
  error: {
    code: 'DL_UNAUTHORISED',
    message,
    fix: 'Set `authorization: { type: Bearer, credentials: $DRIFTLOOP_TOKEN }` in the http_config of the webhook.',
  },
});

/**
 * `POST /alerts`: Alertmanager's door. Every alert becomes a row; only a row that is new, firing and detected signals
 * its supervisor, so a thousand webhooks about one alert are one run.
 *
 * A failure is answered with a status that makes Alertmanager try again. A signal that is lost all the same does no
 * harm: the supervisor asks Prometheus on its own beat.
 */
export function createAlertWebhook({ alerts, loop, namespace, token, log }: AlertWebhookParts): Hono {
  if (token === '') throw new RangeError('a webhook without a token would be open to everybody');
  const app = new Hono();
  app.onError((error, c) => answer(c, error, log));
  app.use(
    '/alerts',
    bearerAuth({
      token,
      realm: 'driftloop',
      noAuthenticationHeader: { message: unauthorised('This door asks for a bearer token.') },
      invalidAuthenticationHeader: {
        message: unauthorised('The Authorization header is not a bearer token.'),
      },
      invalidToken: { message: unauthorised('The bearer token is not the right one.') },
    }),
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new DriftloopError('DL_BODY_TOO_LARGE', `The body is larger than ${maxBodyBytes} bytes.`, {
          fix: 'Set max_alerts in the webhook_configs of Alertmanager.',
          status: 413,
        });
      },
    }),
  );
  app.post('/alerts', async (c) => {
    const body: unknown = await c.req.json().catch((cause: unknown) => {
      throw new AlertPayloadInvalid([cause instanceof Error ? cause.message : String(cause)]);
    });
    const { alerts: received, ignored } = readAlertWebhook(body, namespace);
    const fresh = await alerts.record(received);
    const fired = fresh.filter((alert) => alert.status === 'firing' && canBeginRun(alert.labels));
    await Promise.all(fired.map((alert) => loop.alertFired(alert)));
    return c.json({ received: received.length, new: fresh.length, signalled: fired.length, ignored });
  });
  return app;
}

function answer(c: Context, error: Error, log: AlertWebhookParts['log']): Response {
  if ('getResponse' in error && typeof error.getResponse === 'function') {
    return (error.getResponse as () => Response)();
  }
  const known =
    ourError(error) ??
    new DriftloopError('DL_INTERNAL', 'The alerts could not be taken.', {
      fix: 'The log of the console has the details; Alertmanager tries again.',
      retryable: true,
      cause: error,
    });
  const { code } = known;
  if (known.status >= 500)
    log.error({ err: error, code, path: c.req.path }, 'a request could not be answered');
  return c.json(
    { error: { code: known.code, message: known.message, fix: known.fix } },
    known.status as ContentfulStatusCode,
  );
}
