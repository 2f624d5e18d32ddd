/**
 * What Alertmanager posts to a webhook (its version 4), as the rows that Driftloop keeps.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
import { z } from 'zod';
import { DriftloopError } from '../domain/errors.ts';
import type { AlertRow } from '../domain/ports.ts';

const words = z.record(z.string(), z.string());
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be an RFC 3339 time');
const webhook = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: words,
      annotations: words.default({}),
      startsAt: instant,
      endsAt: instant.optional(),
      fingerprint: z.string().min(1),
    }),
  ),
});

export class AlertPayloadInvalid extends DriftloopError {
  constructor(problems: readonly string[]) {
    super(
      'DL_ALERT_PAYLOAD_INVALID',
      `This is not what Alertmanager sends to a webhook: ${problems.join('; ')}`,
      {
        fix: 'Send version 4 of its webhook payload: { "alerts": [{ "status", "labels", "startsAt", "fingerprint", … }] }.',
      },
    );
  }
}

/**
 * The alerts of this namespace's models; `ignored` counts those of somebody else, which an Alertmanager shared with
 * other teams may send as well.
 *
 * @throws AlertPayloadInvalid with every problem at once
 */
export function readAlertWebhook(body: unknown, namespace: string): { alerts: AlertRow[]; ignored: number } {
  const parsed = webhook.safeParse(body);
  if (!parsed.success) {
    throw new AlertPayloadInvalid(
      parsed.error.issues
        .slice(0, 5)
        .map(({ path, message }) => `${path.join('.') || '(the body)'}: ${message}`),
    );
  }
  const alerts: AlertRow[] = [];
  for (const { labels, annotations, status, startsAt, endsAt, fingerprint } of parsed.data.alerts) {
    const { alertname, model } = labels;
    if (alertname === undefined || model === undefined || labels['namespace'] !== namespace) continue;
    const isOver = status === 'resolved' && endsAt !== undefined;
    alerts.push({
      fingerprint,
      startsAt: new Date(startsAt).toISOString(),
      // While it fires, Alertmanager writes the year 1.
      endsAt: isOver ? new Date(endsAt).toISOString() : null,
      status,
      model,
      alertname,
      labels,
      annotations,
    });
  }
  return { alerts, ignored: parsed.data.alerts.length - alerts.length };
}
