import { topics } from '../../domain/messages.ts';
import { everyModel } from '../../domain/person.ts';
import type { Installation } from './installation.ts';

/** The topics that ingest reads. */
export const topicsOf = ({ stores, environment, admit }: Installation) => ({
  /** After a topic was deleted and made anew: it is read from its beginning; what is known already is a duplicate. */
  async reread(stream: 'predictions' | 'feedback'): Promise<{ topic: string; partitions: number }> {
    const { name: by, via } = await admit({ right: 'apply', model: everyModel });
    const topic = topics(environment.namespace)[stream];
    const partitions = await stores.ingest.forgetTopic(topic);
    await stores.audit.append({ action: 'reread topic', by, via, subject: topic });
    return { topic, partitions };
  },
});
