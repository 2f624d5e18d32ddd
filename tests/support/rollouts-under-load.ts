import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { startDriftloop } from '../../cli/local/start.ts';
import { defineDriftloop, defineModel, parseConfig } from '../../domain/config.ts';
import { ourError } from '../../domain/errors.ts';
import type { RunOutcome, RunPhase } from '../../domain/run.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { kill } from '../chaos/parts.ts';
import { plans } from './training-files.ts';
import { between, trainTwoVersions } from './two-versions.ts';

export type RolloutsWish = {
  rollouts: number;
  /** Who ask at the same time, each one thing at a time. */
  connections: number;
  /** Kills the worker (-9) in the middle of each of these rollouts, from 1. */
  killWorkerIn?: readonly number[];
  /** Of load before the first rollout, which the others are held against. */
  steadySeconds: number;
  say?: (line: string) => void;
};

export type RolloutsReport = {
  requests: number;
  /** Answers other than 200, and connections that broke. */
  failed: number;
  /** Answers that are not those of the version which they name. */
  wrongVersion: number;
  p99Ms: { steady: number; rollingOut: number };
  /** How each rollout ended, and how long it took. */
  ended: { outcome: RunOutcome; seconds: number }[];
  champions: string[];
  /** From a person's abort in a canary until the server sends the challenger nothing any more. */
  abortSeconds: number;
};

/** Asks four times a second, which takes nothing of the machine. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`still not so after ${WITHIN_MS} ms: ${isSo.toString()}`);
    await pause(250);
  }
}

/** Both versions agree on it, so labels of it say that neither is worse. */
const agreed = { tenure: 58, plan: 'team' } as const;
const AGREED_LABEL = 'stay';
/** Labels for one of so many requests. */
const LABEL_EVERY = 4;

const PHASES = { shadow: '3s', canary: [0.3], step: '3s', bake: '3s', every: '1s' };
const SAMPLES = 60;
/** More than any step takes, also while a worker is killed. */
const WITHIN_MS = 180_000;

/**
 * Whole rollouts, from shadow to champion, on real services and under load: every answer is checked against the version
 * that it names, which says what no other says.
 */
export async function rollOutUnderLoad(wish: RolloutsWish): Promise<RolloutsReport> {
  const { rollouts, connections, killWorkerIn = [], steadySeconds, say = () => {} } = wish;
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-rollouts-'));
  const stateDir = path.join(folder, 'state');
  const config = parseConfig(
    defineDriftloop({
      models: [
        defineModel({
          ...plans,
          retrain: { mode: 'off' },
          rollout: {
            ...PHASES,
            minSamples: SAMPLES,
            // On a machine that does everything else too a tail of answers is nobody's fault.
            guardrails: { latency: { dryRun: true } },
          },
        }),
      ],
    }),
  );
  const two = await trainTwoVersions(folder);
  const driftloop = await startDriftloop({
    config,
    stateDir,
    devFolder: null,
    keepData: false,
    scrapeIntervalMs: 1_000,
    beatMs: 500,
    report: ({ part, message }) => say(`${part} ${message}`),
  });
  const { stores, environment, token, addresses } = driftloop;
  const over = new AbortController();
  const counts = { requests: 0, failed: 0, wrongVersion: 0, times: [] as number[] };

  const post = async (door: string, body: unknown) => {
    const answer = await fetch(`${addresses.server}${door}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as {
      predictions: { predictionId: string; version: string; label: string }[];
    };
  };
  const ask = async (n: number) => {
    const began = performance.now();
    const { predictions } = await post(`/v1/models/${plans.name}:predict`, { instances: [between, agreed] });
    counts.times.push(performance.now() - began);
    counts.requests += 1;
    const [own, same] = predictions;
    const says = Number(own!.version.slice(1)) % 2 === 1 ? 'stay' : 'leave';
    if (own!.label !== says) counts.wrongVersion += 1;
    if (n % LABEL_EVERY !== 0) return;
    await post('/v1/feedback', {
      feedbackId: crypto.randomUUID(),
      predictionId: same!.predictionId,
      kind: 'label',
      value: AGREED_LABEL,
      at: new Date().toISOString(),
      source: 'load',
    });
  };
  const askAgainAndAgain = async () => {
    for (let n = 0; !over.signal.aborted; n += 1)
      await ask(n).catch((error: unknown) => {
        counts.failed += 1;
        say(`failed: ${String(error)}`);
      });
  };
  const p99 = () => {
    const times = counts.times.splice(0).sort((a, b) => a - b);
    return Math.round(10 * (times[Math.floor(0.99 * times.length)] ?? 0)) / 10;
  };

  async function register(n: number): Promise<string> {
    const artifact = await two.artifacts.open(two.refOf(n).digest);
    const { digest } = await createFolderStore(environment.artifacts).put(artifact);
    const { version } = await stores.versions.register({
      model: plans.name,
      digest,
      parent: null,
      runId: null,
      snapshotId: null,
      trainSeconds: null,
      accuracyOnTest: null,
      reference: (await describeVersion(artifact)).reference,
    });
    return version;
  }

  try {
    const first = await register(1);
    await stores.routes.promote(plans.name, first, { by: 'a test', because: 'the first' });
    await untilServed();
    const load = Promise.all(Array.from({ length: connections }, askAgainAndAgain));
    await pause(1_000 * steadySeconds);
    const steady = p99();
    const [ended, champions]: [RolloutsReport['ended'], string[]] = [[], [first]];
    for (let n = 2; n <= rollouts + 1; n += 1) {
      const version = await register(n);
      const runId = await beginRollout(version);
      const began = performance.now();
      if (killWorkerIn.includes(n - 1))
        setTimeout(() => say(`killed the worker: ${kill(stateDir, 'worker')}`), 5_000).unref();
      const outcome = await untilOver(runId);
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      say(`${version}: ${outcome.kind} after ${seconds} s, ${counts.requests} requests so far`);
      ended.push({ outcome, seconds });
      champions.push((await stores.routes.get(plans.name))!.champion.version);
    }
    const abortSeconds = await abortOne(rollouts + 2);
    over.abort();
    await load;
    const { requests, failed, wrongVersion } = counts;
    return {
      requests,
      failed,
      wrongVersion,
      p99Ms: { steady, rollingOut: p99() },
      ended,
      champions,
      abortSeconds,
    };
  } finally {
    over.abort();
    await driftloop.stop();
    await rm(folder, { recursive: true, force: true });
  }

  async function beginRollout(version: string): Promise<string> {
    const runId = await requestRun(version);
    // It is no better, so the gate holds; a person's word lets it on its way, as it would in production.
    await phaseOf(runId, 'holding');
    // It says that it holds a moment before it listens, and hears nobody while it looks again.
    await untilTaken('DL_RUN_NOT_HELD', async () =>
      driftloop.loop.force(await stores.runs.get(runId), { by: 'ada', reason: 'to roll it out' }),
    );
    await phaseOf(runId, 'rollout');
    return runId;
  }

  async function abortOne(n: number): Promise<number> {
    const runId = await beginRollout(await register(n));
    await until(async () => (await stores.routes.get(plans.name))?.challenger?.mode === 'canary');
    const began = performance.now();
    await driftloop.loop.steer(plans.name, { runId, by: 'ada', kind: 'abort', reason: 'a drill' });
    await until(async () => {
      const answer = await fetch(`${addresses.server}/v1/models/${plans.name}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { model_version_status: versions } = (await answer.json()) as {
        model_version_status: { role: string }[];
      };
      return versions.every(({ role }) => role === 'champion');
    });
    return Math.round((performance.now() - began) / 100) / 10;
  }

  /** The supervisor hears a moment later that the run before has ended. */
  async function requestRun(version: string): Promise<string> {
    const request = { by: 'ada', reason: 'rolled out under load', version };
    const { runId } = await untilTaken('DL_RUN_IN_FLIGHT', () =>
      driftloop.loop.requestRun(plans.name, request),
    );
    return runId;
  }

  /** Asks again while the answer is `code`, as a person would who is told to wait. */
  async function untilTaken<T>(code: string, attempt: () => Promise<T>): Promise<T> {
    const answers: T[] = [];
    await until(async () => {
      try {
        answers.push(await attempt());
        return true;
      } catch (error) {
        if (ourError(error)?.code === code) return false;
        throw error;
      }
    });
    return answers[0]!;
  }

  async function phaseOf(runId: string, phase: RunPhase): Promise<void> {
    await until(async () => {
      const run = await stores.runs.get(runId);
      if (run.outcome !== null) throw new Error(`${runId} ended before ${phase}: ${run.outcome.sentence}`);
      return run.phase === phase;
    });
  }

  /** Says what the run says while it goes on: a rollout that is held says what for. */
  async function untilOver(runId: string): Promise<RunOutcome> {
    let heard = 0;
    let outcome: RunOutcome | null = null;
    await until(async () => {
      ({ outcome } = await stores.runs.get(runId));
      const story = await stores.runs.story(runId);
      for (const { sentence } of story.slice(heard)) say(`  ${sentence}`);
      heard = story.length;
      return outcome !== null;
    });
    return outcome!;
  }

  async function untilServed(): Promise<void> {
    for (let i = 0; ; i += 1) {
      try {
        await ask(1);
        counts.times.length = 0;
        return;
      } catch (error) {
        if (i === 100) throw error;
        await pause(200);
      }
    }
  }
}
