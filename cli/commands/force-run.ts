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
      const { withLoop } = await import('../wiring.ts');
      const { admitted } = await import('../people.ts');
      return withLoop(async ({ loop, stores, environment }) => {
        const found = await stores.runs.get(id);
        const person = await admitted(stores, environment, { right: 'force', model: found.model });
        await loop.force(found, { by: person.name, reason });
        return {
          json: { runId: id, forced: true },
          text: `${id}: forced against the gate. It goes the way of any other version: servability, approval, rollout.`,
          next: `driftloop run show ${id}`,
        };
      });
    }),
  );
}
