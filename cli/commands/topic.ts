import { Argument } from 'commander';
import type { Command } from 'commander';
import { topics } from '../../domain/messages.ts';
import { everyModel } from '../../domain/person.ts';
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
      const { actWithStores } = await import('../wiring.ts');
      const need = { right: 'apply', model: everyModel } as const;
      return actWithStores(need, async ({ stores, environment, person: { name: by, via } }) => {
        const name = topics(environment.namespace)[stream as Stream];
        const partitions = await stores.ingest.forgetTopic(name);
        await stores.audit.append({ action: 'reread topic', by, via, subject: name });
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
