import type { DeclaredModel } from '../domain/ports.ts';
import { predictionsThatTell } from '../domain/rollout-config.ts';
import type { Run } from '../domain/run.ts';
import {
  nothingSeen,
  observeCounts,
  sayAnswers,
  whoAnswers,
  type Answering,
} from '../monitors/who-answers.ts';
import type { Ports } from './ports.ts';

/**
 * Where a team serves a model itself, its production says who is champion: the registry follows when the team goes
 * back to an earlier version, or deploys one that had been given up.
 *
 * What it has seen of the counters is kept in memory only: a new process looks anew, and is a beat later.
 */
export function createProductionFollower({
  examples,
  routes,
  versions,
}: Pick<Ports, 'examples' | 'routes' | 'versions'>) {
  const seen = new Map<string, Answering>();
  /** Safe to repeat: a version that is champion already stays so. */
  return async ({ config }: DeclaredModel, open: Run | undefined): Promise<void> => {
    if (config.serving.kind !== 'outside') return;
    const { name: model, rollout } = config;
    const before = seen.get(model) ?? nothingSeen;
    const answering = observeCounts(before, await examples.answered(model), predictionsThatTell(rollout));
    seen.set(model, answering);
    const version = whoAnswers(answering);
    if (version === null) return;
    // A run that has handed it over waits for it, and promotes it with what the gate said.
    if (open?.endedAt === null && open.phase === 'rollout' && open.version === version) return;
    const route = await routes.get(model);
    if (route === null || route.champion.version === version) return;
    // Whatever nobody has registered cannot be compared with anything: its champion stays.
    const registered = await versions.list(model);
    if (!registered.some((known) => known.version === version)) return;
    await routes.promote(model, version, { by: 'production', because: `${sayAnswers(answering)}.` });
  };
}
