import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporalHealthy } from '../probes.ts';
import { isListening } from './is-listening.ts';
import { startService, type ServiceSetting } from './service.ts';

/**
 * Temporal's development server on a SQLite file: a restart goes on where it stopped.
 *
 * The pragmas are worth a factor of five (4 workflows a second without, 16–25 with); WAL with NORMAL loses
 * nothing when the process is killed.
 */
export async function startTemporal(
  program: string,
  setting: ServiceSetting,
): Promise<{ address: string; ui: string; service: Awaited<ReturnType<typeof startService>> }> {
  await mkdir(setting.directory, { recursive: true });
  const service = await startService(
    {
      name: 'temporal',
      portCount: 4,
      readyWithinMs: 60_000,
      command: async ([port, ui, metrics, http]) => ({
        command: program,
        args: [
          'server',
          'start-dev',
          '--ip=127.0.0.1',
          `--port=${port}`,
          `--ui-port=${ui}`,
          `--metrics-port=${metrics}`,
          `--http-port=${http}`,
          `--db-filename=${join(setting.directory, 'temporal.db')}`,
          '--log-level=warn',
          '--sqlite-pragma=journal_mode=WAL',
          '--sqlite-pragma=synchronous=NORMAL',
        ],
        graceMs: 10_000,
      }),
      isReady: async ([port]) => (await isListening(port!)) && isTemporalHealthy(`127.0.0.1:${port}`),
    },
    setting,
  );
  return { address: `127.0.0.1:${service.ports[0]}`, ui: `http://127.0.0.1:${service.ports[1]}`, service };
}
