import type { Command } from 'commander';
import { action, documented } from './action.ts';

export function addExplainCommand(program: Command): void {
  documented(
    program
      .command('explain')
      .argument('<run>')
      .description(
        'why a run began, and why its challenger was promoted or not, in plain words with numbers',
      ),
    ['explain run-0199c3…'],
  ).action(
    action(async (_options: { json?: boolean }, id) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ run: noun }) => {
        const { run, explained } = await noun.explain(id);
        return {
          json: { runId: run.id, model: run.model, explained },
          text: [
            `${run.id} of ${run.model}`,
            ...explained.map(({ about, says }) => `${about}: ${says}`),
          ].join('\n'),
          next: `driftloop run show ${run.id} --dossier`,
        };
      });
    }),
  );
}
