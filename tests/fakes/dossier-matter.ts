import type { DossierMatter } from '../../console/dossier/dossier.ts';
import type { ConsoleWorld } from './console-world.ts';

/** What the dossier of a run of the made-up console is made of, against v12. */
export const dossierMatter = (
  { rows, approval }: Pick<ConsoleWorld, 'rows' | 'approval'>,
  runId: string,
): DossierMatter => ({
  run: rows.runs.find(({ id }) => id === runId)!,
  story: rows.stories.get(runId)!,
  evaluation: rows.evaluations.get(runId)!.at(-1)!,
  champion: 'v12',
  config: rows.models[0]!.config,
  approval,
  inputs: rows.inputs,
});
