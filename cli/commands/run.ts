import { action, documented } from './action.ts';
import { addForceCommand } from './force-run.ts';
import { table } from '../output.ts';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Stores } from '../wiring.ts';
import { countingNumber } from './numbers.ts';
import { shellWord } from '../shell-word.ts';

const WATCH_EVERY_MS = 1_000;

export function addRunCommands(program: Command): void {
  const run = program
    .command('run')
    .description('runs: passes of the retrain workflow, their story and approvals');

  documented(
    run
      .command('list')
      .argument('[model]')
      .option('--limit <n>', 'the newest so many', countingNumber, 20)
      .description('the newest runs'),
    ['run list', 'run list electricity --limit 5'],
  ).action(
    action(async (options: { limit: number; json?: boolean }, model) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ run: noun }) => {
        const runs = await noun.list({ ...(model ? { model } : {}), limit: options.limit });
        return {
          json: runs,
          text:
            runs.length === 0
              ? 'Never retrained.'
              : table([
                  ['RUN', 'MODEL', 'TRIGGER', 'PHASE', 'VERSION', 'STARTED', 'OUTCOME'],
                  ...runs.map((r) => [
                    r.id,
                    r.model,
                    r.trigger.kind,
                    r.phase,
                    r.version ?? '',
                    r.startedAt,
                    r.outcome?.kind ?? '',
                  ]),
                ]),
          next: runs[0] ? `driftloop run show ${runs[0].id}` : 'driftloop run start MODEL',
        };
      });
    }),
  );

  documented(
    run
      .command('show')
      .argument('<id>')
      .option('--dossier', 'what whoever decides has to know, as on the page of the decision')
      .description('the story of one run'),
    ['run show run-0199c3…', 'run show run-0199c3… --dossier'],
  ).action(
    action(async ({ dossier }: { dossier?: boolean; json?: boolean }, id) => {
      const { withDriftloop } = await import('../wiring.ts');
      const { showDossier, showStory } = await import('./run-views.ts');
      return withDriftloop((driftloop) => (dossier === true ? showDossier : showStory)(driftloop, id));
    }),
  );

  documented(
    run
      .command('watch')
      .argument('<id>')
      .description('the story of one run as it is told, until the run is over'),
    ['run watch run-0199c3…'],
  ).action(
    action(async ({ json }: { json?: boolean }, id) => {
      const { withAdmitted } = await import('../wiring.ts');
      const { watchRun } = await import('./watch-run.ts');
      const look = async ({ runs }: Stores) =>
        ({ right: 'view', model: (await runs.get(id)).model }) as const;
      return withAdmitted(look, ({ runs }) =>
        watchRun(runs, id, { everyMs: WATCH_EVERY_MS, asJson: json === true }),
      );
    }),
  );

  documented(
    run
      .command('export')
      .argument('<id>')
      .addOption(new Option('--format <format>', 'for which tool').choices(['mlflow']).default('mlflow'))
      .requiredOption('--out <folder>', 'an mlruns folder; runs that are in it stay')
      .description('writes a run as MLflow keeps it: params, metrics with their steps, tags, artifacts'),
    ['run export run-0199c3… --format mlflow --out ./mlruns'],
  ).action(
    action(async ({ out }: { format: 'mlflow'; out: string; json?: boolean }, id) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ run: noun }) => {
        const { model: of, ...json } = await noun.export(id, { out });
        return {
          json,
          text: `Wrote ${id} of ${of} to ${json.folder}.`,
          next: `mlflow ui --backend-store-uri ${shellWord(out)}`,
        };
      });
    }),
  );

  documented(
    run
      .command('start')
      .argument('<model>')
      .option('--reason <text>', 'why', 'asked for by a person')
      .option('--version <version>', 'train nothing: this registered version has to prove itself')
      .description('starts a run now'),
    [
      'run start electricity --reason "new tariff since Monday"',
      'run start electricity --version v7 --reason "trained by hand on the whole year"',
    ],
  ).action(
    action(async (options: { reason: string; version?: string; json?: boolean }, model) => {
      const { withDriftloop } = await import('../wiring.ts');
      const { reason, version } = options;
      return withDriftloop(async ({ run: noun }) => {
        const { runId } = await noun.start(model, { reason, ...(version === undefined ? {} : { version }) });
        return {
          json: { runId },
          text: `Run ${runId} of ${model} has begun.`,
          next: `driftloop run show ${runId}`,
        };
      });
    }),
  );

  addForceCommand(run);
  for (const kind of ['approve', 'reject'] as const) {
    const why = new Option('--reason <text>', 'why; it is kept with the decision');
    documented(
      run
        .command(kind)
        .argument('<id>')
        .addOption(why.makeOptionMandatory(kind === 'reject'))
        .option(
          '--bound-to <word>',
          'what you have read, as `run show --dossier` says: refused where that changed',
        )
        .description(`${kind}s a challenger that waits for a person`),
      [
        `run ${kind} run-0199c3… --reason "${kind === 'approve' ? 'looks right' : 'the north is thin'}"`,
        `run ${kind} run-0199c3… --bound-to 1f3a07-b2c901-77de10-0a4c3f --reason "as I have read it"`,
      ],
    ).action(
      action(async ({ reason, boundTo }: { reason?: string; boundTo?: string; json?: boolean }, id) => {
        const { withDriftloop } = await import('../wiring.ts');
        const { sayDecided } = await import('./run-views.ts');
        return withDriftloop(async ({ run: noun }) =>
          sayDecided(
            await noun[kind](id, {
              ...(reason === undefined ? {} : { reason }),
              ...(boundTo === undefined ? {} : { boundTo }),
            }),
          ),
        );
      }),
    );
  }
}
