import process from 'node:process';
import { stringify } from 'yaml';
import { milliseconds } from '../../domain/duration.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { grafanaFiles } from '../../infra/grafana/files.ts';
import { environmentProblems } from '../../infra/local/given.ts';
import { alertmanagerConfig } from '../../infra/local/services/alertmanager.ts';
import { rulesText } from '../../infra/prometheus/files.ts';
import { generateRules, longestWindowMs } from '../../monitors/rules/generate-rules.ts';
import { roleNames } from '../roles/role.ts';

/** `evaluation` is how often Prometheus scrapes and evaluates; `consoleUrl` is where links of alerts lead. */
export type RulesWish = { evaluation?: string; consoleUrl?: string };

/** What a team's own Prometheus, Alertmanager and Grafana are given: texts by the names of their files. */
export type PrometheusPieces = {
  namespace: string;
  /** The file with the recording and alert rules. */
  rulesFile: string;
  files: Readonly<Record<string, string>>;
  /** Prometheus has to keep samples for longer than this. */
  retentionDays: number;
};

/**
 * What a team's own Prometheus, Alertmanager and Grafana need: the rules of every model, a scrape job for the roles, the
 * receiver that tells the console, and the dashboards. Needs no service.
 */
export async function rulesOf(
  { models, namespace }: { models: readonly ModelConfig[]; namespace: string },
  { evaluation = '15s', consoleUrl = consoleAddress() }: RulesWish = {},
): Promise<PrometheusPieces> {
  const rules = generateRules(models, {
    namespace,
    evaluationMs: milliseconds(evaluation),
    ...(consoleUrl === undefined ? {} : { consoleUrl }),
  });
  const dashboards = Object.fromEntries(
    Object.entries(await grafanaFiles()).map(([name, text]) => [`grafana/${name}`, text]),
  );
  const rulesFile = `driftloop-${namespace}.rules.yml`;
  return {
    namespace,
    rulesFile,
    files: {
      [rulesFile]: rulesText(rules),
      'driftloop.scrape.yml': scrapeConfig(evaluation),
      'driftloop.alertmanager.yml': receiver(),
      ...dashboards,
    },
    retentionDays: Math.ceil(longestWindowMs(models) / 86_400_000),
  };
}

/** The public address of the console, where the environment says it. */
function consoleAddress(): string | undefined {
  const given = process.env['DRIFTLOOP_CONSOLE_URL'] || undefined;
  const [problem] = environmentProblems({ DRIFTLOOP_CONSOLE_URL: given });
  if (problem !== undefined) throw problem;
  return given;
}

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
