import type { Command } from 'commander';
import { action, documented } from './action.ts';

const REFRESH_MS = 2_000;

export function addStatusCommand(program: Command): void {
  documented(
    program
      .command('status')
      .argument('[model]')
      .option('--watch', 'draw it again every two seconds, until Ctrl-C')
      .description('one screen: does anything need me?'),
    ['status', 'status electricity', 'status --watch'],
  ).action(
    action(async ({ watch, json }: { watch?: boolean; json?: boolean }, name) => {
      const { withStores } = await import('../wiring.ts');
      const { createGather } = await import('../../console/gather.ts');
      const { createMetricsReader } = await import('../../infra/prometheus/metrics-reader.ts');
      const { showStatus } = await import('./status-views.ts');
      return withStores(async (stores, { namespace, prometheusUrl: url }) => {
        const metrics = createMetricsReader({ url, namespace, levels: ['suspected', 'detected'] });
        const gather = createGather({ ...stores, metrics, namespace, clock: Date.now });
        const look = async () => {
          const models = name === undefined ? await gather.fleet() : [await gather.model(name)];
          return showStatus(models, { now: Date.now(), zone: localZone() });
        };
        if (watch !== true) return look();
        const { openScreen, untilOver } = await import('./watching.ts');
        const screen = openScreen();
        await untilOver(REFRESH_MS, async () => {
          const { json: value, text } = await look();
          screen.show(json === true ? JSON.stringify(value) : text);
          return false;
        });
        screen.close();
        return undefined;
      });
    }),
  );
}

/** The zone of whoever reads a terminal. */
const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
