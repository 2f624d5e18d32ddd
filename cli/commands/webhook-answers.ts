import { setTimeout } from 'node:timers/promises';
import { DriftloopError } from '../../domain/errors.ts';
import type { DeliveryRow, DeliveryState, DeliveryStore } from '../../domain/deliveries.ts';
import { everyModel } from '../../domain/person.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import { actWithStores } from '../wiring.ts';

/** What webhooks were told concerns every model: it is for who may apply a config. */
const need = { right: 'apply', model: everyModel } as const;
/** A worker looks every second, and a receiver may take fifteen to answer. */
const testWithinMs = 20_000;

export const listWebhooks = (): Promise<Answer> =>
  actWithStores(need, async ({ stores }) => {
    const [declared, counts] = await Promise.all([stores.deliveries.webhooks(), stores.deliveries.counts()]);
    const count = (webhook: string, state: DeliveryState) =>
      counts.find((c) => c.webhook === webhook && c.state === state)?.deliveries ?? 0;
    const rows = declared.map(({ name, format, types, models, url, urlEnv }) => ({
      name,
      format,
      types,
      models: models ?? null,
      to: url ?? `$${urlEnv}`,
      waiting: count(name, 'waiting'),
      delivered: count(name, 'delivered'),
      dead: count(name, 'dead'),
    }));
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
                row.to,
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
  actWithStores(need, async ({ stores }) => {
    const { webhook, state, limit } = filter;
    const rows = await stores.deliveries.list({
      ...(webhook === undefined ? {} : { webhook }),
      ...(state === undefined ? {} : { state }),
      limit,
    });
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
  actWithStores(need, async ({ stores: { deliveries }, person }) => {
    await refuseUnknown(deliveries, name);
    const row = await untilTried(deliveries, await deliveries.test(name, person.name));
    if (row.state === 'delivered')
      return {
        json: row,
        text: `${name} answered ${row.status}.`,
        next: `driftloop webhook deliveries ${name}`,
      };
    const why =
      row.problem ?? `no worker has posted it within ${testWithinMs / 1_000} s; it waits until one runs`;
    return {
      json: row,
      text: `${name} was not reached: ${why}`,
      next: row.problem === null ? 'driftloop worker' : `driftloop webhook deliveries ${name}`,
      exitCode: 1,
    };
  });

export const retryWebhook = (name: string): Promise<Answer> =>
  actWithStores(need, async ({ stores: { deliveries } }) => {
    await refuseUnknown(deliveries, name);
    const again = await deliveries.retry(name);
    return {
      json: { webhook: name, again },
      text: again === 0 ? 'Nothing was given up.' : `${again} events are on their way again.`,
      next: `driftloop webhook deliveries ${name}`,
    };
  });

async function refuseUnknown(deliveries: DeliveryStore, name: string): Promise<void> {
  const names = (await deliveries.webhooks()).map((webhook) => webhook.name);
  if (names.includes(name)) return;
  const known = names.length === 0 ? 'none is declared' : `there are ${names.join(', ')}`;
  throw new DriftloopError('DL_UNKNOWN_WEBHOOK', `There is no webhook "${name}"; ${known}.`, {
    fix: 'Declare it under `webhooks` in driftloop.config.ts and run "driftloop apply".',
  });
}

/** The delivery once a worker has tried it, or as it stands when that took too long. */
async function untilTried(deliveries: DeliveryStore, id: number): Promise<DeliveryRow> {
  for (const beganAt = Date.now(); ;) {
    const row = (await deliveries.get(id))!;
    const isTried = row.state !== 'waiting' || row.problem !== null;
    if (isTried || Date.now() - beganAt >= testWithinMs) return row;
    await setTimeout(200);
  }
}
