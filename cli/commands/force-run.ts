import { action, documented } from './action.ts';
import type { Command } from 'commander';

/** A person's word against a gate that holds. */
export function addForceCommand(run: Command): void {
  documented(
    run
      .command('force')
      .argument('<id>')
      .requiredOption('--reason <text>', 'why; it is shown with the run and the version for ever')
      .description('promotes a challenger that the gate holds, against the gate; it is marked for ever'),
    ['run force run-0199c3… --reason "the champion answers nothing any more"'],
  ).action(
    action(async ({ reason }: { reason: string; json?: boolean }, id) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ run: noun }) => ({
        json: await noun.force(id, { reason }),
        text: `${id}: forced against the gate. It goes the way of any other version: servability, approval, rollout.`,
        next: `driftloop run show ${id}`,
      }));
    }),
  );
}
