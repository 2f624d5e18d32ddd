import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { milliseconds } from '../../domain/duration.ts';
import { environmentProblems } from '../../infra/local/given.ts';
import { alertmanagerConfig } from '../../infra/local/services/alertmanager.ts';
import { rulesText } from '../../infra/prometheus/files.ts';
import { generateRules, longestWindowMs } from '../../monitors/rules/generate-rules.ts';
import { roleNames } from '../roles/role.ts';
import { loadConfig } from '../load-config.ts';
import type { Answer } from '../output.ts';
import { withStores } from '../wiring.ts';

export type RulesOptions = { config?: string; out?: string; evaluation: string };

/**
 * What a team's own Prometheus and Alertmanager need: the rules of every model, a scrape job for the roles, and the
 * receiver that tells the console. From the config as applied, or from a file, without any service.
 */
export async function writeRules({ config: file, out, evaluation }: RulesOptions): Promise<Answer> {
  const { models, namespace } = file === undefined ? await applied() : (await loadConfig(file)).config;
  const consoleUrl = consoleAddress();
  const rules = rulesText(
    generateRules(models, {
      namespace,
      evaluationMs: milliseconds(evaluation),
      ...(consoleUrl === undefined ? {} : { consoleUrl }),
    }),
  );
  if (out === undefined) return { json: { rules }, text: rules.trimEnd() };
  const files = {
    [`driftloop-${namespace}.rules.yml`]: rules,
    'driftloop.scrape.yml': scrapeConfig(evaluation),
    'driftloop.alertmanager.yml': receiver(),
  };
  await mkdir(out, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(out, name), text);
  const days = Math.ceil(longestWindowMs(models) / 86_400_000);
  return {
    json: { files: Object.keys(files).map((name) => path.join(out, name)), retentionDays: days },
    text:
      `Wrote ${Object.keys(files).join(', ')} to ${out}. ` +
      `Prometheus has to keep samples for more than ${days} day${days === 1 ? '' : 's'}, the longest window.`,
    next: `promtool check rules ${path.join(out, `driftloop-${namespace}.rules.yml`)}`,
  };
}

/** The public address of the console, where the environment says it. */
function consoleAddress(): string | undefined {
  const given = process.env['DRIFTLOOP_CONSOLE_URL'] || undefined;
  const [problem] = environmentProblems({ DRIFTLOOP_CONSOLE_URL: given });
  if (problem !== undefined) throw problem;
  return given;
}

const applied = () =>
  withStores(async (stores, { namespace }) => ({
    namespace,
    models: (await stores.models.list()).map(({ config }) => config),
  }));

const scrapeConfig = (interval: string): string =>
  `# A job of scrape_configs; put the addresses of your roles in.\n${stringify([
    {
      job_name: 'driftloop',
      scrape_interval: interval,
      static_configs: roleNames.map((role) => ({
        targets: [`${role}.driftloop.internal:8080`],
        labels: { driftloop_role: role },
      })),
    },
  ])}`;

const receiver = (): string =>
  `# A receiver and its route; put the console's address and DRIFTLOOP_TOKEN in.\n${alertmanagerConfig({
    webhookUrl: 'http://console.driftloop.internal:8080/alerts',
    bearerToken: 'DRIFTLOOP_TOKEN',
  })}`;
