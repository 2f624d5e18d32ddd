import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { isReadyOverHttp } from '../probes.ts';
import { startService, type Service, type ServiceSetting } from './service.ts';

/** Where alerts go: the webhook, and the token that it asks for. */
export type AlertWebhook = { webhookUrl: string; bearerToken: string };

/**
 * Alertmanager's configuration: each alert at once, alone, to one webhook; resolutions too.
 *
 * @param webhook null while nobody listens yet: alerts are kept and shown, and told to nobody
 */
export const alertmanagerConfig = (webhook: AlertWebhook | null): string =>
  stringify({
    route: {
      receiver: 'driftloop',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [
      {
        name: 'driftloop',
        ...(webhook && {
          webhook_configs: [
            {
              url: webhook.webhookUrl,
              send_resolved: true,
              http_config: { authorization: { type: 'Bearer', credentials: webhook.bearerToken } },
            },
          ],
        }),
      },
    ],
  });

/** Write the configuration where the Alertmanager of this folder reads it; whole, and for our eyes only. */
export async function writeAlertmanagerConfig(
  directory: string,
  webhook: AlertWebhook | null,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'alertmanager.yml');
  await writeFile(`${file}.new`, alertmanagerConfig(webhook), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

/** Alertmanager, alone: no cluster port is opened. */
export async function startAlertmanager(
  program: string,
  setting: ServiceSetting,
): Promise<{ url: string; service: Service }> {
  const file = await writeAlertmanagerConfig(setting.directory, null);
  const service = await startService(
    {
      name: 'alertmanager',
      portCount: 1,
      readyWithinMs: 30_000,
      command: async ([port]) => ({
        command: program,
        args: [
          `--config.file=${file}`,
          `--storage.path=${join(setting.directory, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
          '--log.level=warn',
        ],
      }),
      isReady: ([port]) => isReadyOverHttp(`http://127.0.0.1:${port}`),
    },
    setting,
  );
  return { url: `http://127.0.0.1:${service.ports[0]}`, service };
}
