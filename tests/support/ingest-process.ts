import { insist } from '../../infra/kafka/insist.ts';
import { runIngest } from '../../infra/kafka/run-ingest.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';

/** One owner of ingest in a process of its own, so that a test can kill it. Arguments: database, namespace, brokers. */
const [databaseUrl, namespace, brokers] = process.argv.slice(2) as [string, string, string];
const controller = new AbortController();
// The database may be away when an owner starts, as it may for the monitor.
const stores = await insist(() => openStores({ databaseUrl, namespace }), {
  signal: controller.signal,
  onFailure: () => {},
});
process.once('SIGTERM', () => controller.abort());
// The test that started it is gone.
process.stdin.on('end', () => process.exit(1)).resume();
process.stdout.write('started\n');
await runIngest({
  kafka: { brokers: brokers.split(',') },
  namespace,
  stores,
  signal: controller.signal,
  // The least that brokers allow: the partitions of a killed owner go to the others soon.
  sessionTimeoutMs: 6_000,
});
await stores.close();
process.exit(0);
