import process from 'node:process';
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
      const { withInstallation } = await import('../wiring.ts');
      const [{ viewsOf }, { showStatus }] = await Promise.all([
        import('../operate/status.ts'),
        import('./status-views.ts'),
      ]);
      return withInstallation(async (installation) => {
        const look = async () =>
          showStatus(await viewsOf(installation, name), { now: Date.now(), zone: localZone() });
        if (watch !== true) return look();
        const { openScreen, untilOver } = await import('./watching.ts');
        const screen = openScreen();
        const aside = json === true ? openScreen(process.stderr) : screen;
        let latest = '';
        const again = async () => {
          const { json: value, text } = await look();
          latest = json === true ? JSON.stringify(value) : text;
          screen.show(latest);
          return false;
        };
        await untilOver(REFRESH_MS, again, (sentence) =>
          aside.show(json === true ? sentence : `${latest}\n\n${sentence}`),
        );
        screen.close();
        return undefined;
      });
    }),
  );
}

/** The zone of whoever reads a terminal. */
const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
