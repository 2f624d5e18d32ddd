import { Argument } from 'commander';
import type { Command } from 'commander';
import { action, documented } from './action.ts';

type Stream = 'predictions' | 'feedback';

export function addTopicCommands(program: Command): void {
  const topic = program.command('topic').description('the topics that ingest reads');
  documented(
    topic
      .command('reread')
      .addArgument(new Argument('<stream>', 'which topic').choices(['predictions', 'feedback']))
      .description(
        'after a topic was deleted and made anew: reads it from its beginning; what is known already is a duplicate',
      ),
    ['topic reread predictions'],
  ).action(
    action(async (_options, stream) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ topic: noun }) => {
        const { topic: name, partitions } = await noun.reread(stream as Stream);
        return {
          json: { topic: name, partitions },
          text:
            partitions === 0
              ? `Nothing of ${name} has taken effect yet; it is read from its beginning anyhow.`
              : `${name} is read from its beginning, ${partitions} partitions.`,
          next: 'driftloop monitor',
        };
      });
    }),
  );
}
