import type { Command } from 'commander';
import { noRollout } from '../../domain/rollout-refusals.ts';
import type { Steering } from '../../domain/rollout.ts';
import type { Right } from '../../domain/person.ts';
import type { Loop } from '../../domain/ports.ts';
import type { Answer } from '../output.ts';
import { action, documented } from './action.ts';

/** Each word to a rollout: the right that it asks for, whether it has to have a reason, and what it does. */
const words = {
  pause: { right: 'pause', isReasoned: false, says: 'holds a rollout where it is; harm still withdraws it' },
  resume: { right: 'resume', isReasoned: false, says: 'lets a rollout go on that waits for a person' },
  skip: { right: 'start', isReasoned: true, says: 'goes on to the next phase without the evidence for it' },
  abort: {
    right: 'rollback',
    isReasoned: true,
    says: 'takes the challenger off at once, whatever it waits for',
  },
} as const satisfies Record<Steering['kind'], { right: Right; isReasoned: boolean; says: string }>;

export function addRolloutCommands(program: Command): void {
  const rollout = program
    .command('rollout')
    .description('rollouts: how a challenger takes production, and what a person may say to it');

  documented(
    rollout
      .command('show')
      .argument('<model>')
      .description('where the rollout of a model is, and what it sees'),
    ['rollout show electricity'],
  ).action(
    action(async (_options, model) => {
      const { actWithLoop } = await import('../wiring.ts');
      return actWithLoop({ right: 'view', model }, ({ loop }) => showRollout(loop, model));
    }),
  );

  for (const kind of ['pause', 'resume', 'skip', 'abort'] as const) {
    const { right, isReasoned, says } = words[kind];
    const command = rollout.command(kind).argument('<model>');
    const why = 'why; it is kept with what is done';
    if (isReasoned) command.requiredOption('--reason <text>', why);
    else command.option('--reason <text>', why);
    documented(command.description(says), [
      `rollout ${kind} electricity${isReasoned ? ' --reason "customers complain"' : ''}`,
    ]).action(
      action(async ({ reason }: { reason?: string; json?: boolean }, model) => {
        const { actWithLoop } = await import('../wiring.ts');
        return actWithLoop({ right, model }, async ({ loop, person }) => {
          const now = await loop.rollout(model);
          if (now === null) throw noRollout(model);
          const { runId, version } = now;
          await loop.steer(model, { runId, by: person.name, ...saidOf(kind, reason) });
          return {
            json: { model, runId, version, heard: kind },
            text: `${kind}: heard by the rollout of ${version}.`,
            next: kind === 'abort' ? `driftloop run show ${runId}` : `driftloop rollout show ${model}`,
          };
        });
      }),
    );
  }
}

/** Commander has seen to it that what needs a reason has one. */
const saidOf = (kind: Steering['kind'], reason: string | undefined) =>
  kind === 'skip' || kind === 'abort' ? { kind, reason: reason ?? '' } : { kind, reason: reason ?? null };

async function showRollout(loop: Loop, model: string): Promise<Answer> {
  const { printRollout } = await import('./rollout-views.ts');
  const now = await loop.rollout(model);
  return {
    json: now,
    text: now === null ? `No challenger of ${model} is being rolled out now.` : printRollout(now),
    next: now === null ? `driftloop run list ${model}` : `driftloop run show ${now.runId}`,
  };
}
