import { action, documented } from './action.ts';
import type { Command } from 'commander';
import type { RulesOptions } from './rules.ts';

/** Commands about the installation itself. */
export function addInstallationCommands(program: Command): void {
  documented(
    program
      .command('dev')
      .option('--config <file>', 'the config', 'driftloop.config.ts')
      .description(
        'everything on this machine: the local stack, every role, the config applied; until Ctrl-C',
      ),
    ['dev', 'dev --config examples/electricity/driftloop.config.ts'],
  ).action(
    action(async (options: { config: string; json?: boolean }) => {
      const { runDev } = await import('./dev.ts');
      await runDev(options);
    }),
  );

  documented(
    program
      .command('doctor')
      .description('each part: where it was found, its version, its health, what to type'),
    ['doctor', 'doctor --json'],
  ).action(
    action(async () => {
      const { runDoctor } = await import('./doctor.ts');
      return runDoctor();
    }),
  );

  documented(
    program.command('migrate').description('brings the database schema to this version, once, under a lock'),
    ['migrate'],
  ).action(
    action(async () => {
      const { migrateSchema } = await import('../wiring.ts');
      const applied = await migrateSchema();
      return {
        json: { applied },
        text: applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`,
        next: 'driftloop apply',
      };
    }),
  );

  documented(
    program
      .command('plan')
      .option('--config <file>', 'the config', 'driftloop.config.ts')
      .description('what "driftloop apply" would do: models, alerts, schedules, and what goes on meanwhile'),
    ['plan', 'plan --config staging.config.ts'],
  ).action(
    action(async (options: { config: string; json?: boolean }) => {
      const { planFile } = await import('./plan.ts');
      return planFile(options.config);
    }),
  );

  documented(
    program
      .command('apply')
      .option('--config <file>', 'the config', 'driftloop.config.ts')
      .description('stores the config; roles read it from there'),
    ['apply', 'apply --config staging.config.ts'],
  ).action(
    action(async (options: { config: string; json?: boolean }) => {
      const { applyFile } = await import('./apply.ts');
      return applyFile(options.config);
    }),
  );

  documented(
    program
      .command('rules')
      .option('--config <file>', 'rules of this config; default: of the one that is applied')
      .option(
        '--out <folder>',
        'where to write rules, a scrape job, an Alertmanager receiver and Grafana dashboards',
      )
      .option('--evaluation <duration>', 'how often your Prometheus scrapes and evaluates', '15s')
      .description(
        'rules, a scrape job, a receiver and dashboards for a Prometheus and a Grafana of your own',
      ),
    ['rules --config driftloop.config.ts', 'rules --out /etc/prometheus/driftloop --evaluation 30s'],
  ).action(
    action(async (options: RulesOptions & { json?: boolean }) => {
      const { writeRules } = await import('./rules.ts');
      return writeRules(options);
    }),
  );
}
