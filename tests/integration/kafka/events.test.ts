import { Ajv2020 } from 'ajv/dist/2020.js';
import { Kafka } from 'cloudevents';
import type { CloudEvent } from 'cloudevents';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { topics } from '../../../domain/messages.ts';
import { connect } from '../../../infra/kafka/connection.ts';
import { runIngest } from '../../../infra/kafka/run-ingest.ts';
import { ensureTopics } from '../../../infra/kafka/topics.ts';
import { declareModel } from '../../support/declare-model.ts';
import { openTestDatabase, startTestPostgres } from '../../support/test-database.ts';
import { startTestKafka } from '../../support/test-kafka.ts';

const schemaFile = new URL('../../../docs/reference/event.v1.schema.json', import.meta.url);

test('what happens stands in the topic as CloudEvents that others read, in order, and as the schema says', async () => {
  const [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
  const db = await openTestDatabase(postgres.databaseUrl);
  const stopping = new AbortController();
  const { namespace, stores } = db;
  await ensureTopics(kafka, namespace);
  const ingest = runIngest({ kafka, namespace, stores, signal: stopping.signal });
  const consumer = connect(kafka, 'test').consumer({ groupId: 'test-events' });
  const heard: { event: CloudEvent<unknown>; key: string | null; value: string }[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: topics(namespace).events, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers } }) => {
        const text = value!.toString();
        const plain = Object.fromEntries(Object.entries(headers ?? {}).map(([k, v]) => [k, String(v)]));
        const event = Kafka.toEvent({
          headers: plain,
          body: text,
          key: '',
          value: text,
          timestamp: '',
        } as never);
        heard.push({ event: event as CloudEvent<unknown>, key: key?.toString() ?? null, value: text });
      },
    });
    await declareModel(stores);
    await stores.routes.promote('m', 'v1', { by: 'ada', because: 'a test' });
    await stores.models.setPaused('m', true, 'ada');
    await stores.tokens.create({ name: 'bob', grants: [], expiresAt: null, by: 'ada', via: 'local' });
    await expect.poll(() => heard.length, { timeout: 60_000 }).toBe(7);
    expect(heard.map(({ event: { type, subject }, key }) => [type, subject, key])).toEqual([
      ['driftloop.config.applied.v1', undefined, null],
      ['driftloop.version.registered.v1', 'm', 'm'],
      ['driftloop.version.registered.v1', 'm', 'm'],
      ['driftloop.route.changed.v1', 'm', 'm'],
      ['driftloop.champion.changed.v1', 'm', 'm'],
      ['driftloop.model.paused.v1', 'm', 'm'],
      ['driftloop.token.created.v1', undefined, null],
    ]);
    expect(heard.every(({ event }) => event.validate())).toBe(true);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const isAsDocumented = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
    for (const { value } of heard) {
      isAsDocumented(JSON.parse(value));
      expect(isAsDocumented.errors ?? []).toEqual([]);
    }
    expect(isAsDocumented({ ...(JSON.parse(heard[0]!.value) as object), type: 'driftloop.none.v1' })).toBe(
      false,
    );
  } finally {
    stopping.abort();
    await Promise.allSettled([ingest, consumer.disconnect()]);
    await db.close();
    await Promise.all([postgres.stop(), kafka.stop()]);
  }
});
