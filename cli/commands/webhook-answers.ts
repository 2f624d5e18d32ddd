import type { DeliveryState } from '../../domain/deliveries.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

export const listWebhooks = (): Promise<Answer> =>
  withDriftloop(async ({ webhook }) => {
    const rows = await webhook.list();
    return {
      json: rows,
      text:
        rows.length === 0
          ? 'No webhook is declared: nobody is told but the topic of events.'
          : table([
              ['NAME', 'FORMAT', 'TYPES', 'MODELS', 'TO', 'WAITING', 'DELIVERED', 'DEAD'],
              ...rows.map((row) => [
                row.name,
                row.format,
                row.types.join(' '),
                row.models?.join(' ') ?? 'all',
                row.url ?? `$${row.urlEnv}`,
                String(row.waiting),
                String(row.delivered),
                String(row.dead),
              ]),
            ]),
      next: rows.length === 0 ? 'driftloop apply' : `driftloop webhook test ${rows[0]!.name}`,
    };
  });

export const listDeliveries = (filter: {
  webhook?: string;
  state?: DeliveryState;
  limit: number;
}): Promise<Answer> =>
  withDriftloop(async ({ webhook }) => {
    const rows = await webhook.deliveries(filter);
    return {
      json: rows,
      text:
        rows.length === 0
          ? 'Nothing has been told.'
          : table([
              ['AT', 'WEBHOOK', 'TYPE', 'MODEL', 'STATE', 'TRIES', 'STATUS', 'PROBLEM'],
              ...rows.map((row) => [
                row.at,
                row.webhook,
                row.type,
                row.model ?? '',
                row.state,
                String(row.tries),
                row.status === null ? '' : String(row.status),
                row.problem ?? '',
              ]),
            ]),
      next: 'driftloop webhook list',
    };
  });

export const testWebhook = (name: string): Promise<Answer> =>
  withDriftloop(async ({ webhook }) => {
    const row = await webhook.test(name);
    if (row.state === 'delivered')
      return {
        json: row,
        text: `${name} answered ${row.status}.`,
        next: `driftloop webhook deliveries ${name}`,
      };
    const why = row.problem ?? 'no worker has posted it yet; it waits until one runs';
    return {
      json: row,
      text: `${name} was not reached: ${why}`,
      next: row.problem === null ? 'driftloop worker' : `driftloop webhook deliveries ${name}`,
      exitCode: 1,
    };
  });

export const retryWebhook = (name: string): Promise<Answer> =>
  withDriftloop(async ({ webhook }) => {
    const again = await webhook.retry(name);
    return {
      json: { webhook: name, again },
      text: again === 0 ? 'Nothing was given up.' : `${again} events are on their way again.`,
      next: `driftloop webhook deliveries ${name}`,
    };
  });
