import { roleMetrics } from '../../domain/role-metrics.ts';
import { tellingFirstSeen } from './alert-context.ts';
import { valueWith } from './alert-rule.ts';
import type { AlertRule } from './rule.ts';

/**
 * Somebody was not told: events for a webhook were given up. It is of the installation and of no model, so no supervisor
 * hears of it. It fires until they are posted again or forgotten.
 */
export const webhookDeadAlert = (namespace: string): AlertRule =>
  tellingFirstSeen(
    {
      alert: 'DriftloopWebhookDead',
      // Every worker says the same.
      expr: `max by (namespace, webhook) (${roleMetrics.webhookDeliveries.name}{namespace=${JSON.stringify(namespace)},state="dead"}) > 0`,
      labels: { namespace, kind: 'webhook', level: 'suspected' },
      annotations: {
        sentence: `${valueWith(0)} events for the webhook {{ $labels.webhook }} were given up. See why with "driftloop webhook deliveries {{ $labels.webhook }} --state dead", and post them again with "driftloop webhook retry {{ $labels.webhook }}".`,
        value: valueWith(0),
        bound: '0',
      },
    },
    ['webhook'],
  );
