import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { isReadyOverHttp } from '../probes.ts';
import { startService, type Service, type ServiceSetting } from './service.ts';

export type PrometheusSetting = {
  /** How often targets are scraped and rules evaluated. Default 1,000: what changes is seen at once. */
  scrapeIntervalMs?: number;
  /** How long samples are kept. Default 7 days. */
  retentionMs?: number;
};

/** The configuration: targets and rules are files in folders, so that roles come and go without a restart. */
export const prometheusConfig = (
  alertmanager: URL,
  { scrapeIntervalMs = 1000 }: Pick<PrometheusSetting, 'scrapeIntervalMs'> = {},
): string =>
  stringify({
    global: { scrape_interval: `${scrapeIntervalMs}ms`, evaluation_interval: `${scrapeIntervalMs}ms` },
    rule_files: ['rules/*.yml'],
    alerting: {
      alertmanagers: [
        {
          scheme: alertmanager.protocol.replace(':', ''),
          path_prefix: alertmanager.pathname,
          static_configs: [{ targets: [alertmanager.host] }],
        },
      ],
    },
    scrape_configs: [
      {
        job_name: 'driftloop',
        file_sd_configs: [{ files: ['targets/*.json'], refresh_interval: '5s' }],
      },
    ],
  });

/** Prometheus, with its rules and targets in folders beside its configuration. */
export async function startPrometheus(
  program: string,
  alertmanagerUrl: string,
  { retentionMs = 7 * 24 * 3_600_000, ...setting }: PrometheusSetting & ServiceSetting,
): Promise<{ url: string; service: Service }> {
  const { directory } = setting;
  await mkdir(join(directory, 'rules'), { recursive: true });
  await mkdir(join(directory, 'targets'), { recursive: true });
  await writeFile(join(directory, 'prometheus.yml'), prometheusConfig(new URL(alertmanagerUrl), setting));
  const service = await startService(
    {
      name: 'prometheus',
      portCount: 1,
      readyWithinMs: 30_000,
      command: async ([port]) => ({
        command: program,
        args: [
          `--config.file=${join(directory, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(directory, 'data')}`,
          `--storage.tsdb.retention.time=${Math.ceil(retentionMs / 1000)}s`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-lifecycle',
          '--log.level=warn',
        ],
        // Where Debian's program, unpacked, looks for its web pages.
        cwd: dirname(program),
      }),
      isReady: ([port]) => isReadyOverHttp(`http://127.0.0.1:${port}`),
    },
    setting,
  );
  return { url: `http://127.0.0.1:${service.ports[0]}`, service };
}
