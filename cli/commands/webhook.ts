import { Option } from 'commander';
import type { Command } from 'commander';
import { deliveryStates } from '../../domain/deliveries.ts';
import type { DeliveryState } from '../../domain/deliveries.ts';
import { action, documented } from './action.ts';
import { countingNumber } from './numbers.ts';

export function addWebhookCommands(program: Command): void {
  const webhook = program.command('webhook').description('who is told what happens, and how that went');

  documented(webhook.command('list').description('every webhook, with what waits and what was given up'), [
    'webhook list',
  ]).action(
    action(async () => {
      const { listWebhooks } = await import('./webhook-answers.ts');
      return listWebhooks();
    }),
  );

  documented(
    webhook
      .command('deliveries')
      .argument('[name]', 'only those of this webhook')
      .addOption(new Option('--state <state>', 'only those that stand so').choices(deliveryStates))
      .option('--limit <n>', 'the newest so many', countingNumber, 20)
      .description('the newest events for webhooks, and what became of each'),
    ['webhook deliveries', 'webhook deliveries team-chat --state dead'],
  ).action(
    action(async (options: { state?: DeliveryState; limit: number; json?: boolean }, name) => {
      const { listDeliveries } = await import('./webhook-answers.ts');
      const { state, limit } = options;
      return listDeliveries({
        ...(name === undefined ? {} : { webhook: name }),
        ...(state === undefined ? {} : { state }),
        limit,
      });
    }),
  );

  documented(
    webhook
      .command('test')
      .argument('<name>', 'which webhook')
      .description('has a worker post an event to it, and waits for the answer; exit code 1 where it fails'),
    ['webhook test team-chat'],
  ).action(
    action(async (_options, name) => {
      const { testWebhook } = await import('./webhook-answers.ts');
      return testWebhook(name);
    }),
  );

  documented(
    webhook
      .command('retry')
      .argument('<name>', 'which webhook')
      .description('posts again what was given up, with as many tries as before'),
    ['webhook retry team-chat'],
  ).action(
    action(async (_options, name) => {
      const { retryWebhook } = await import('./webhook-answers.ts');
      return retryWebhook(name);
    }),
  );
}
