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
      const { withStores } = await import('../wiring.ts');
      const { readDossier } = await import('../../console/dossier/read-dossier.ts');
      const { explainRun } = await import('../../console/explain-run.ts');
      return withStores(async (stores) => {
        const [run, story, dossier] = await Promise.all([
          stores.runs.get(id),
          stores.runs.story(id),
          readDossier(stores, id),
        ]);
        const explained = explainRun({ run, story, dossier }, { now: Date.now(), zone: 'UTC' });
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
