/**
 * A million messages through ingest at its worst: duplicates, any order, retractions, labels a month late; two owners
 * that are killed or leave every few seconds, a broker that is restarted, a database that is gone for a minute.
 */
import { provisionAll } from '../../infra/local/parts.ts';
import { soak } from '../soak/soak.ts';
import { startTestKafka } from '../support/test-kafka.ts';
import { startTestPostgres } from '../support/test-database.ts';
import { refuseBroken } from './refuse-broken.ts';
import { wholeOptions } from './whole-options.ts';
import type { BenchResults } from './result.ts';

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('soak', args, {
    events: { default: 1_000_000, says: 'messages, those that come twice included' },
    kills: { default: 30, says: 'owners killed with -9' },
    leaves: { default: 30, says: 'owners that leave politely' },
    away: { default: 60, says: 'seconds for which the database is away' },
    seed: { default: 1, says: 'of everything that chance decides' },
  });
  if (options === null) return null;
  await provisionAll();
  const [postgres, kafka] = await Promise.all([startTestPostgres(), startTestKafka()]);
  try {
    const { seed, events, kills, leaves, away } = options;
    const results = await soak(
      { databaseUrl: postgres.databaseUrl, kafka },
      {
        seed,
        events,
        kills,
        leaves,
        databaseAwayMs: away * 1_000,
        say: (sentence) => process.stderr.write(`${sentence}\n`),
      },
    );
    const isSound = results.missing === 0 && results.doubled === 0;
    refuseBroken(isSound, results, `Soak again with --seed ${seed}.`);
    return { results, options };
  } finally {
    await Promise.all([postgres.stop(), kafka.stop()]);
  }
}
