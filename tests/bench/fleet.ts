/**
 * Many models on one stack: what they take while nothing happens, and how long it takes until all runs are queued
 * when a tenth of them drifts at the same moment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { bootstrapModel } from '../../cli/operate/bootstrap.ts';
import { startDriftloop, type RunningDriftloop } from '../../cli/local/start.ts';
import { withTuning } from '../../cli/wiring.ts';
import { parseConfig } from '../../domain/config.ts';
import type { PredictionMessage } from '../../domain/messages.ts';
import { workflowIds } from '../../domain/names.ts';
import { connectClient } from '../../infra/temporal/connect.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { usageOf } from './fleet/usage.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { wholeOptions } from './whole-options.ts';
import type { BenchResults } from './result.ts';

const by = { by: 'bench', because: 'the same first champion for all' };
/** Right answers that make a reference, and then wrong ones: more than the price of a training. */
const rowsBefore = 320;
const rowsAfter = 120;
const queuedWithinMs = 300_000;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('fleet', args, {
    models: { default: 200, says: 'models' },
    drifting: { default: 20, says: 'of them that drift at once' },
    idle: { default: 60, says: 'seconds that are watched while nothing happens' },
    scrape: { default: 5, says: 'seconds between two scrapes' },
    beat: { default: 15, says: 'seconds between two looks of a supervisor' },
  });
  if (options === null) return null;
  const config = parseConfig({
    models: Array.from({ length: options.models }, (_, i) => modelNamed(`fleet-${i}`)),
  });
  const names = config.models.map(({ name }) => name);
  const stateDir = await mkdtemp(path.join(tmpdir(), 'driftloop-fleet-'));
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const began = performance.now();
  const driftloop = await startDriftloop({
    config,
    stateDir,
    devFolder: null,
    keepData: false,
    scrapeIntervalMs: options.scrape * 1000,
    beatMs: options.beat * 1000,
    onEnded: (name) => say(`${name} ended by itself`),
  });
  try {
    const secondsToStart = seconds(began);
    await giveChampions(driftloop, names);
    say(`${options.models} models have a champion; quiet for ${options.idle} s`);
    await wait(30_000);
    const idle = await watchIdle(driftloop, stateDir, options.idle);
    say(JSON.stringify(idle));
    const drifting = names.slice(0, options.drifting);
    const queued = await letDrift(driftloop, drifting);
    return { results: { secondsToStart, ...idle, ...queued }, options };
  } finally {
    await driftloop.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

const seconds = (since: number) => Math.round((performance.now() - since) / 100) / 10;

const modelNamed = (name: string) => ({
  name,
  task: { kind: 'classification', labels: ['A', 'B'] },
  input: { x: { kind: 'number' }, kind: { kind: 'category', values: ['p', 'q', 'r'] } },
});

/** One training, and its artifact for all: what a version weighs is not what is measured here. */
async function giveChampions(driftloop: RunningDriftloop, names: readonly string[]): Promise<void> {
  const { stores, environment } = driftloop;
  const [first, ...others] = names;
  await withTuning(environment, async (tuning) => {
    const { config } = await stores.models.get(first!);
    const rows = Array.from({ length: 600 }, (_, i) => ({ x: (i * 37) % 100, kind: 'pqr'[i % 3]! }));
    await bootstrapModel({
      model: config,
      rows,
      labels: rows.map(({ x }) => (x < 50 ? 'A' : 'B')),
      stores,
      tuning,
      person: { name: by.by, via: 'local' },
    });
    const { digest, accuracyOnTest } = (await stores.versions.champion(first!))!;
    const { reference } = await describeVersion(await tuning.artifacts.open(digest));
    for (const model of others) {
      const { version } = await stores.versions.register({
        model,
        digest,
        parent: null,
        runId: null,
        snapshotId: null,
        trainSeconds: null,
        accuracyOnTest,
        reference,
      });
      await stores.routes.promote(model, version, by);
    }
  });
}

async function watchIdle({ environment, addresses }: RunningDriftloop, stateDir: string, forSeconds: number) {
  const { client, close } = await connectClient(environment.temporal);
  const events = async () => {
    const id = workflowIds.supervise(environment.namespace, 'fleet-0');
    return (await client.workflow.getHandle(id).describe()).historyLength;
  };
  const ask = async (promql: string): Promise<number> => {
    const url = `${addresses.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`;
    const { data } = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0);
  };
  const [before, eventsBefore, began] = [usageOf(stateDir), await events(), performance.now()];
  await wait(forSeconds * 1000);
  const [after, eventsAfter, took] = [usageOf(stateDir), await events(), (performance.now() - began) / 1000];
  await close();
  return {
    idleMemoryMb: Math.round(after.memoryMb),
    byPart: Object.fromEntries(
      Object.entries(after.byName).map(([name, part]) => [
        name,
        {
          memoryMb: Math.round(part.memoryMb),
          cpuShare: share(part.cpuSeconds - (before.byName[name]?.cpuSeconds ?? 0), took),
        },
      ]),
    ),
    /** Of one core. */
    idleCpuShare: share(after.cpuSeconds - before.cpuSeconds, took),
    historyEventsPerHourAndSupervisor: Math.round(((eventsAfter - eventsBefore) / took) * 3600),
    series: await ask('count({__name__=~"driftloop.+"})'),
    seriesInAll: await ask('count({__name__=~".+"})'),
  };
}

const share = (cpuSeconds: number, seconds: number) => Math.round((cpuSeconds / seconds) * 1000) / 1000;

/** Production of some models, straight into the topics: right for a while, and then wrong. */
async function letDrift({ environment, stores }: RunningDriftloop, names: readonly string[]) {
  const log = await createMessageLog({ kafka: environment.kafka, namespace: environment.namespace });
  const publish = async (model: string, rows: number, isRight: boolean) => {
    const made = Array.from({ length: rows }, (_, i): { said: PredictionMessage; truth: string } => {
      const x = (i * 37) % 100;
      const truth = x < 50 ? 'A' : 'B';
      const label = isRight ? truth : truth === 'A' ? 'B' : 'A';
      return {
        truth,
        said: {
          predictionId: uuidv7(),
          model,
          version: 'v1',
          input: { x, kind: 'pqr'[i % 3]! },
          output: { label, scores: { A: label === 'A' ? 0.9 : 0.1, B: label === 'B' ? 0.9 : 0.1 } },
          at: new Date().toISOString(),
        },
      };
    });
    await log.publishPredictions(made.map(({ said }) => said));
    await log.publishFeedback(
      made.map(({ said, truth }) => ({
        feedbackId: uuidv7(),
        predictionId: said.predictionId,
        kind: 'label' as const,
        value: truth,
        at: new Date().toISOString(),
        source: 'bench',
      })),
    );
  };
  for (const name of names) await publish(name, rowsBefore, true);
  await wait(5_000);
  const drifted = performance.now();
  await Promise.all(names.map((name) => publish(name, rowsAfter, false)));
  const queuedAfter = new Map<string, number>();
  while (queuedAfter.size < names.length && performance.now() - drifted < queuedWithinMs) {
    for (const name of names) {
      if (queuedAfter.has(name)) continue;
      const [newest] = await stores.runs.list({ model: name, limit: 1 });
      if (newest !== undefined) queuedAfter.set(name, seconds(drifted));
    }
    await wait(200);
  }
  await log.close();
  const after = [...queuedAfter.values()].sort((a, b) => a - b);
  return {
    queued: after.length,
    secondsToQueueFirst: after[0] ?? null,
    secondsToQueueAll: after.length === names.length ? after.at(-1)! : null,
  };
}
