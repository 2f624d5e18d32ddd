import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { recogniseBearer } from '../domain/doorkeeper.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import { DriftloopError, ourError } from '../domain/errors.ts';
import type { Log } from '../domain/log-events.ts';
import type { AlertStore, Loop } from '../domain/ports.ts';
import { everyModel } from '../domain/person.ts';
import { AlertPayloadInvalid, readAlertWebhook } from '../monitors/alertmanager-webhook.ts';
import { canBeginRun } from '../monitors/choose-trigger.ts';

export type AlertWebhookParts = {
  alerts: Pick<AlertStore, 'record'>;
  loop: Pick<Loop, 'alertFired'>;
  namespace: string;
  doorkeeper: Doorkeeper;
  /** Hears of failures that are ours. */
  log: Pick<Log, 'error'>;
};

/** Far more than a thousand alerts at once. */
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * `POST /alerts`: Alertmanager's door. Every alert becomes a row; only a row that is new, firing and detected signals
 * its supervisor, so a thousand webhooks about one alert are one run.
 *
 * A failure is answered with a status that makes Alertmanager try again. A signal that is lost all the same does no
 * harm: the supervisor asks Prometheus on its own beat.
 */
export function createAlertWebhook({ alerts, loop, namespace, doorkeeper, log }: AlertWebhookParts): Hono {
  const app = new Hono();
  app.onError((error, c) => answer(c, error, log));
  app.use(
    '/alerts',
    async (c, next) => {
      const { person } = await recogniseBearer(doorkeeper, c.req.header('authorization'));
      await doorkeeper.admit(person, 'alert', everyModel);
      await next();
    },
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

/** What to do where the token is none, in the words of who sends alerts. */
const credentials =
  'Set `authorization: { type: Bearer, credentials: $DRIFTLOOP_TOKEN }` in the http_config of the webhook.';

function answer(c: Context, error: Error, log: AlertWebhookParts['log']): Response {
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
  if (known.status === 401) c.header('www-authenticate', 'Bearer realm="driftloop"');
  return c.json(
    { error: { code, message: known.message, fix: code === 'DL_UNAUTHORISED' ? credentials : known.fix } },
    known.status as ContentfulStatusCode,
  );
}
