import { levelOf, type Log } from '../../domain/log-events.ts';
import type { KafkaLog } from '../../infra/kafka/connection.ts';
import type { LibraryLog } from './role.ts';

/** What Kafka's rooms say, in the log of the role; kafkajs's own words are marked as such. */
export const kafkaLog =
  (log: Log, libraryLog: LibraryLog): KafkaLog =>
  (line) => {
    if ('from' in line) libraryLog[line.level]({ ...line.fields, from: line.from }, line.message);
    else (log[levelOf(line.message)] as (fields: object, message: string) => void)(line.fields, line.message);
  };
