import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { ArtifactStore, MessageLog } from '../../domain/ports.ts';
import type { Route } from '../../domain/version.ts';
import { imageTexts } from '../../infra/images/image-texts.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { createServingApp } from '../../serving/app.ts';
import { createRouteFollower } from '../../serving/follow-routes.ts';
import { createServingMetrics } from '../../serving/metrics.ts';
import { fakePeople } from '../fakes/people.ts';

/** The token that it asks for. */
export const REAL_SERVER_TOKEN = 't';

type Options = {
  config: ModelConfig;
  artifacts: Pick<ArtifactStore, 'open'>;
  champion: Route['champion'];
  messages: MessageLog;
};

/** A model server on a free port that answers with real versions in real child processes; the caller moves its route. */
export async function startRealServer({ config, artifacts, champion, messages }: Options) {
  const pids: number[] = [];
  const predictor = createChildPredictor({ onChild: (pid) => pids.push(pid) });
  const errors: unknown[] = [];
  const log = { info() {}, warn() {}, error: (said: unknown) => void errors.push(said) };
  let route: Route = {
    model: config.name,
    generation: 1,
    champion,
    challenger: null,
    updatedAt: new Date().toISOString(),
  };
  const follower = createRouteFollower({
    routes: { list: () => Promise.resolve([route]) },
    models: { list: () => Promise.resolve([{ config, digest: 'd', paused: false, pausedBy: null }]) },
    artifacts,
    predictor,
    file: null,
    log,
    pollMs: 60_000,
  });
  await follower.start();
  const app = createServingApp({
    follower,
    predictor,
    messages,
    images: imageTexts,
    doorkeeper: fakePeople({ token: REAL_SERVER_TOKEN, localUser: null }).doorkeeper,
    metrics: createServingMetrics('default'),
    log,
  });
  const server = await new Promise<ServerType>((resolve) => {
    const started: ServerType = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
      resolve(started),
    );
  });
  return {
    port: (server.address() as AddressInfo).port,
    predictor,
    errors,
    pids,
    /** Resolves when this version answers, and the one before is on its way out. */
    async swapTo(next: Route['champion']): Promise<void> {
      route = { ...route, generation: route.generation + 1, champion: next };
      await follower.lookNow();
      const inService = follower.stateOf(config.name).serving?.route.champion.version;
      if (inService !== next.version) throw new Error(`${next.version} did not come into service`);
    },
    /** Resolves when what is to go has gone. */
    settled: () => follower.settled(),
    async close(): Promise<void> {
      await new Promise((resolve) => server.close(resolve));
      await follower.stop();
      await predictor.close();
    },
  };
}
