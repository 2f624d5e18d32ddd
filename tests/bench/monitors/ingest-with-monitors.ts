import { setTimeout } from 'node:timers/promises';
import { parseConfig } from '../../../domain/config.ts';
import { streamMethods } from '../../../domain/detector-config.ts';
import type { DriftloopConfig } from '../../../domain/model-config.ts';
import { createMetricsExporter } from '../../../infra/prometheus/exporter.ts';
import { storeSamples } from '../../../infra/prometheus/read-snapshot.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { runFolds } from '../../../monitors/fold/run-folds.ts';
import { config as bare } from '../ingest/messages.ts';
import { runOurs } from '../ingest/ours.ts';
import { freshSchema, setStage } from '../ingest/stage.ts';

export type IngestWithMonitors = Readonly<{
  /** Medians over the rounds, until the last event is stored and the last label folded. */
  eventsPerSecond: { watchingNothing: number; watchingEverything: number };
  /** Share of the throughput that the monitors cost. */
  lost: number;
  /** Of this process and PostgreSQL. */
  processorSeconds: { watchingNothing: number; watchingEverything: number };
}>;

const everything: DriftloopConfig = parseConfig({
  models: [
    {
      ...bare.models[0]!,
      watch: [
        ...streamMethods.map((method) => ({ kind: 'detector' as const, method })),
        { kind: 'drift', falseAlarmsPerMonth: 1 },
        { kind: 'drift' },
        { kind: 'quality', metric: 'accuracy', atLeast: 0.7 },
        { kind: 'objective', metric: 'accuracy', atLeast: 0.7 },
      ],
    },
  ],
});
const SCRAPE_MS = 1_000;

/** The monitor role on a backlog, its model watched by nothing but regret, and by everything there is; in turns. */
export async function ingestWithMonitors(
  { events, rounds, seed }: { events: number; rounds: number; seed: number },
  say: (line: string) => void,
): Promise<IngestWithMonitors> {
  const stage = await setStage(events, seed);
  try {
    const runs: Record<'nothing' | 'everything', { seconds: number; processor: number }[]> = {
      nothing: [],
      everything: [],
    };
    for (let round = 1; round <= rounds; round += 1)
      for (const [arm, config] of [
        ['nothing', bare],
        ['everything', everything],
      ] as const) {
        await freshSchema(stage, config);
        await promote(stage);
        const { seconds, node, postgres } = await runOurs({
          ...stage,
          events,
          beside: (stores) => ({
            run: async (signal) => {
              const exporter = createMetricsExporter({ source: storeSamples(stores, stage) });
              const scrapes = async () => {
                while (!signal.aborted) {
                  await exporter.scrape();
                  await setTimeout(SCRAPE_MS, undefined, { signal }).catch(() => {});
                }
              };
              const folds = runFolds({
                folds: stores.folds,
                signal,
                scoreWithChampion: () =>
                  Promise.reject(new Error('the champion has answered everything itself')),
                onProblem: ({ error }) => say(String(error)),
              });
              await Promise.all([scrapes(), folds]);
            },
            isDone: async () => (await stores.examples.labelled('churn')) >= events / 2,
          }),
        });
        runs[arm].push({ seconds, processor: node + postgres });
        say(
          `round ${round}, watching ${arm}: ${seconds.toFixed(1)} s (processor ${(node + postgres).toFixed(1)} s)`,
        );
      }
    const middle = (arm: keyof typeof runs, key: 'seconds' | 'processor') =>
      runs[arm].map((run) => run[key]).toSorted((a, b) => a - b)[rounds >> 1]!;
    const rate = (arm: keyof typeof runs) => Math.round(events / middle(arm, 'seconds'));
    return {
      eventsPerSecond: { watchingNothing: rate('nothing'), watchingEverything: rate('everything') },
      lost: Number((1 - middle('nothing', 'seconds') / middle('everything', 'seconds')).toFixed(3)),
      processorSeconds: {
        watchingNothing: Number(middle('nothing', 'processor').toFixed(1)),
        watchingEverything: Number(middle('everything', 'processor').toFixed(1)),
      },
    };
  } finally {
    await stage.close();
  }
}

async function promote(database: { databaseUrl: string; namespace: string }): Promise<void> {
  const stores = await openStores(database);
  await stores.routes.promote('churn', 'v1', { by: 'bench', because: 'it is the only one' });
  await stores.close();
}
