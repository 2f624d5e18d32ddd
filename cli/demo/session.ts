import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { count } from '../../domain/count.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { scaleDurations } from '../../domain/time-scale.ts';
import { removeWhenWeEnd } from '../../infra/local/keeper.ts';
import { howEnded } from '../../infra/local/process-spec.ts';
import type { Version } from '../../domain/version.ts';
import { bootstrapModel } from '../operate/bootstrap.ts';
import { startDriftloop } from '../local/start.ts';
import type { RunningDriftloop } from '../local/start.ts';
import { machineUser } from '../people.ts';
import { withTuning } from '../wiring.ts';
import type { FineTuning } from '../wiring.ts';
import type { Production } from './choose-production.ts';
import { createServingClient, type ServingClient } from './http-client.ts';
import type { SetUpEvent } from './live/set-up-view.ts';
import { takeRows } from './streams/stream.ts';

/** A local Driftloop with its first champion serving, ready to be played through. */
export type Session = {
  production: Production;
  driftloop: RunningDriftloop;
  tuning: FineTuning;
  client: ServingClient;
  firstChampion: Version;
};

export type SessionOptions = {
  report: (event: SetUpEvent) => void;
  /** Hears of a role or a service that ended by itself and is started again. */
  onEnded: (sentence: string) => void;
  /** Hears of one that is given up. */
  onFailure: (sentence: string) => void;
  /** Where `dev.json` is written for the commands beside it; null writes none. */
  devFolder: string | null;
};

const servingWithinMs = 30_000;

/** Starts everything in a folder of its own, trains the first champion, and stops everything after `use`. */
export async function withSession<T>(
  production: Production,
  options: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  // What an hour is to the stream is a moment to the replay.
  const factor = (production.rowEveryMs * production.pace) / 1000;
  const stateDir = await mkdtemp(path.join(tmpdir(), 'driftloop-demo-'));
  // From now on, not only from when the stack is up: Ctrl-C may come at any moment.
  removeWhenWeEnd(stateDir);
  const driftloop = await startDriftloop({
    config: {
      ...production.config,
      models: production.config.models.map((model) => scaleDurations(model, factor)),
    },
    stateDir,
    devFolder: options.devFolder,
    keepData: false,
    report: options.report,
    onEnded: (name, exit) =>
      options.onEnded(`The ${name} ended by itself (${howEnded(exit)}); it is started again.`),
    onFailure: (name, exit) =>
      options.onFailure(`The ${name} ended by itself again and again (${howEnded(exit)}).`),
  });
  options.report({ part: 'driftloop', phase: 'ready', message: 'schema, topics and config are in place' });
  try {
    return await withTuning(driftloop.environment, async (tuning) => {
      const firstChampion = await bootstrap(production, driftloop, tuning, options.report);
      const client = createServingClient({
        server: driftloop.addresses.server,
        token: driftloop.token,
        model: production.model.name,
        source: 'demo',
      });
      await untilServing(client, production.model.name);
      return await use({ production, driftloop, tuning, client, firstChampion });
    });
  } finally {
    await driftloop.stop();
  }
}

async function bootstrap(
  { model, stream, bootstrapRows }: Production,
  { stores }: RunningDriftloop,
  tuning: FineTuning,
  report: SessionOptions['report'],
): Promise<Version> {
  const part = 'first champion';
  const examples = await takeRows(stream, { to: bootstrapRows });
  const message = `learning from the first ${count(examples.length)} rows`;
  report({ part, phase: 'building', message });
  const version = await bootstrapModel({
    model,
    rows: examples.map(({ row }) => row),
    labels: examples.map(({ label }) => label),
    stores,
    tuning,
    person: { name: machineUser(), via: 'local' },
    onProgress: ({ step, steps }) =>
      report({ part, phase: 'building', message, share: steps === 0 ? 0 : step / steps }),
  });
  report({
    part,
    phase: 'ready',
    message:
      `${version.version}, accuracy ${version.accuracyOnTest?.toFixed(3).replace(/^0/, '') ?? 'unknown'} ` +
      `on rows that it has not seen, trained in ${version.trainSeconds?.toFixed(1)} s`,
  });
  return version;
}

/** Waits until the server answers for the model. Throws DL_NOT_SERVING. */
export async function untilServing(
  client: Pick<ServingClient, 'isServing'>,
  model: string,
  withinMs = servingWithinMs,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await client.isServing())) {
    if (Date.now() > deadline)
      throw new DriftloopError(
        'DL_NOT_SERVING',
        `The server does not answer for ${model}, ${withinMs / 1000} s after its first champion was registered.`,
        { fix: 'Its log, server.log, says why.', status: 503 },
      );
    await sleep(100);
  }
}
