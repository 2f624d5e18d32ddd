import type { Command } from 'commander';
import type { Steering } from '../../domain/rollout.ts';
import type { Driftloop } from '../operate/driftloop.ts';
import type { Answer } from '../output.ts';
import { action, documented } from './action.ts';

/** Each word to a rollout: whether it has to have a reason, and what it does. */
const words = {
  pause: { isReasoned: false, says: 'holds a rollout where it is; harm still withdraws it' },
  resume: { isReasoned: false, says: 'lets a rollout go on that waits for a person' },
  skip: { isReasoned: true, says: 'goes on to the next phase without the evidence for it' },
  abort: { isReasoned: true, says: 'takes the challenger off at once, whatever it waits for' },
} as const satisfies Record<Steering['kind'], { isReasoned: boolean; says: string }>;

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
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(({ rollout: noun }) => showRollout(noun, model));
    }),
  );

  for (const kind of ['pause', 'resume', 'skip', 'abort'] as const) {
    const { isReasoned, says } = words[kind];
    const command = rollout.command(kind).argument('<model>');
    const why = 'why; it is kept with what is done';
    if (isReasoned) command.requiredOption('--reason <text>', why);
    else command.option('--reason <text>', why);
    documented(command.description(says), [
      `rollout ${kind} electricity${isReasoned ? ' --reason "customers complain"' : ''}`,
    ]).action(
      action(async ({ reason }: { reason?: string; json?: boolean }, model) => {
        const { withDriftloop } = await import('../wiring.ts');
        return withDriftloop(async ({ rollout: noun }) => {
          // Commander has seen to it that what needs a reason has one.
          const { runId, version, heard } = await noun[kind](model, reason ?? '');
          return {
            json: { model, runId, version, heard },
            text: `${heard}: heard by the rollout of ${version}.`,
            next: kind === 'abort' ? `driftloop run show ${runId}` : `driftloop rollout show ${model}`,
          };
        });
      }),
    );
  }
}

async function showRollout(noun: Driftloop['rollout'], model: string): Promise<Answer> {
  const { printRollout } = await import('./rollout-views.ts');
  const { sayWayBack } = await import('../../console/versions/way-back.ts');
  const [now, wayBack] = await Promise.all([noun.get(model), noun.wayBack(model)]);
  const standing = now === null ? `No challenger of ${model} is being rolled out now.` : printRollout(now);
  return {
    json: { model, now, wayBack },
    text: `${standing}\n${sayWayBack(wayBack, model, { now: Date.now(), zone: 'UTC' })}`,
    next: now === null ? `driftloop run list ${model}` : `driftloop run show ${now.runId}`,
  };
}
