import type { DeadLetter, IngestModel, StoredEvent } from '../../domain/ingest-ports.ts';
import { cloudEventType, toCloudEvent } from '../../domain/cloud-event.ts';
import { topics, type DeadLetterMessage, type FeedbackMessage } from '../../domain/messages.ts';
import { bucketsOf } from '../../monitors/as-happened.ts';
import { insist, pause } from './insist.ts';
import { inBatches, openProducer } from './message-log.ts';
import type { Ingest } from './run-ingest.ts';

const lettersPerStep = 500;
const eventsPerStep = 500;
const answersPerStep = 500;
const relayEveryMs = 500;
const expireEveryMs = 60_000;
const retainEveryMs = 3_600_000;

/**
 * Until the signal: relays dead letters, events and what people teach to their topics, turns feedback that has waited too long into some, and drops
 * what is older than the retention.
 */
export async function runUpkeep(ingest: Ingest): Promise<void> {
  const { signal } = ingest;
  const insisting = <T>(work: () => Promise<T>) => insist(work, { signal, onFailure: say(ingest) });
  const producer = openProducer(ingest.client);
  const { deadLetter: topic, events, feedback } = topics(ingest.namespace);
  const tell = async (waiting: readonly StoredEvent[]) => {
    await producer.send({ topic: events, acks: -1, messages: waiting.map(toMessageOf(ingest.namespace)) });
  };
  const teach = async (messages: readonly FeedbackMessage[]) => {
    const records = messages.map((message) => ({
      key: message.predictionId,
      value: JSON.stringify(message),
    }));
    for (const batch of inBatches(records))
      await producer.send({ topic: feedback, acks: -1, messages: batch });
  };
  const send = async (letters: readonly StoredLetter[]) => {
    await producer.send({ topic, acks: -1, messages: letters.map(toMessage) });
  };
  try {
    await insisting(() => producer.connect());
    let [expiredAt, retainedAt] = [0, 0];
    while (!signal.aborted) {
      if (Date.now() - expiredAt >= expireEveryMs) {
        expiredAt = Date.now();
        await insisting(() => expire(ingest, feedback));
      }
      if (Date.now() - retainedAt >= retainEveryMs) {
        retainedAt = Date.now();
        await insisting(() => retain(ingest));
      }
      const sent = await insisting(() => ingest.store.relayDeadLetters(lettersPerStep, send));
      const taught = await insisting(() => ingest.teach.relay(answersPerStep, teach));
      const told = await insisting(() => ingest.store.relayEvents(eventsPerStep, tell));
      if (sent < lettersPerStep && told < eventsPerStep && taught < answersPerStep)
        await pause(relayEveryMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await producer.disconnect().catch(() => {});
  }
}

const say =
  ({ log }: Ingest) =>
  (error: unknown, waitMs: number) =>
    log({ message: 'upkeep waits for what is away', fields: { waitMs, error: String(error) } });

async function expire({ store }: Ingest, topic: string): Promise<void> {
  const { joinHorizonMs } = await store.catalogue();
  while ((await store.expireFeedback(topic, new Date(Date.now() - joinHorizonMs), lettersPerStep)) > 0);
}

async function retain({ store }: Ingest): Promise<void> {
  const { retentionMs, models } = await store.catalogue();
  await store.dropBefore(new Date(Date.now() - retentionMs));
  const oldest = ({ config }: IngestModel) => new Date(Date.now() - bucketsOf(config).keepMs);
  await store.dropHappened(
    Object.fromEntries(Object.entries(models).map(([name, model]) => [name, oldest(model)])),
  );
}

type StoredLetter = DeadLetter & { id: number; at: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The payload as text where it is text, else in base64; by `id` a reader knows one that was sent twice. */
const toMessage = ({ payload, key, offset, ...letter }: StoredLetter) => {
  let content: Pick<DeadLetterMessage, 'payload' | 'payloadBase64'>;
  try {
    content = { payload: payload === null ? null : utf8.decode(payload) };
  } catch {
    content = { payloadBase64: Buffer.from(payload!).toString('base64') };
  }
  const message: DeadLetterMessage = { ...letter, offset: offset.toString(), ...content };
  return { key: key === null ? null : Buffer.from(key), value: JSON.stringify(message) };
};

/** CloudEvents 1.0, structured. Events of one model stay in order: they have one key. */
const toMessageOf =
  (namespace: string) =>
  (event: StoredEvent): { key: string | null; headers: Record<string, string>; value: string } => ({
    key: event.model,
    headers: { 'content-type': cloudEventType },
    value: JSON.stringify(toCloudEvent(event, namespace)),
  });
