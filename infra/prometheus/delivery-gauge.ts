import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { deliveryStates } from '../../domain/deliveries.ts';
import type { DeliveryStore } from '../../domain/deliveries.ts';
import { roleMetrics } from '../../domain/role-metrics.ts';

/** Shows how what webhooks are told stands, read at every scrape; every worker says the same. */
export function gaugeDeliveries(
  deliveries: Pick<DeliveryStore, 'webhooks' | 'counts'>,
  { namespace, registry }: { namespace: string; registry: Registry },
): void {
  const { name, help, labels } = roleMetrics.webhookDeliveries;
  const gauge = new Gauge({
    name,
    help,
    labelNames: ['namespace', ...labels],
    registers: [registry],
    async collect() {
      const [declared, counts] = await Promise.all([deliveries.webhooks(), deliveries.counts()]);
      gauge.reset();
      // Zeros too: a series that begins at three is no rise.
      for (const { name: webhook } of declared)
        for (const state of deliveryStates) gauge.set({ namespace, webhook, state }, 0);
      for (const { webhook, state, deliveries: value } of counts)
        gauge.set({ namespace, webhook, state }, value);
    },
  });
}
