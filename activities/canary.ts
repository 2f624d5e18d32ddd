import { servingMetrics } from '../domain/names.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { Traffic } from '../domain/rollout.ts';
import { planRefit } from '../monitors/policy/refit.ts';
import { keepWatching } from './keep-watching.ts';
import type { Ports } from './ports.ts';

export type Step = { model: string; runId: string; configDigest: string; version: string; champion: string };
export type Refit = { onsetSeq: number; trainedAtSeq: number };

/** How long the servers may take to say that they are at a generation. Without servers nobody will. */
const SERVERS_WITHIN = { beatMs: 500, stretchMs: 20_000 };

type CanaryPorts = Pick<Ports, 'models' | 'routes' | 'examples' | 'runs' | 'metrics'>;

/** What a rollout does to production. */
export const createCanaryActivities = (ports: CanaryPorts, { namespace }: { namespace: string }) => ({
  /** Puts the challenger on trial as the phase says. Safe to repeat: the same trial keeps its generation. */
  async setShare({ mode, share, because, ...step }: Step & Traffic & { because: string }): Promise<number> {
    await refuseOtherChampion(ports, step);
    const why = { by: 'driftloop', because, runId: step.runId };
    const trial = { version: step.version, mode, share };
    return (await ports.routes.setChallenger(step.model, trial, why)).generation;
  },

  /**
   * Waits until every server says that it serves this generation. Safe to repeat: it only reads. False when they do
   * not say so in time; a server polls by itself and will get there.
   */
  async awaitServers({ model, generation }: { model: string; generation: number }): Promise<boolean> {
    const promql = `min(${servingMetrics.routeGeneration}{namespace="${namespace}",model="${model}"})`;
    const reached = await keepWatching(SERVERS_WITHIN, async () => {
      const [least] = await ports.metrics.query(promql).catch(() => [{ value: -1 }]);
      // No server reports to this Prometheus: a team that serves by itself.
      if (least === undefined) return 'nobody';
      return least.value >= generation ? 'all' : null;
    });
    return reached === 'all';
  },

  /**
   * Makes the challenger champion and plans its growth refit. Safe to repeat: a version that is champion already
   * stays so, and one that somebody has gone back from stays away. Refused when somebody else has become champion
   * meanwhile.
   */
  async promoteChallenger(promotion: Step & { because: string; refit: Refit | null }): Promise<number> {
    const { model, runId, configDigest, version, champion: over, because, refit } = promotion;
    const why = { by: 'driftloop', because, runId, over };
    const { generation, champion } = await ports.routes.promote(model, version, why);
    if (champion.version !== version) return generation;
    const policy = regretPolicyOf(await ports.models.getPinned(model, configDigest));
    await ports.examples.planRefit(model, refit === null ? null : planRefit(refit, policy));
    return generation;
  },

  /** Notes when the version began to answer all traffic. Safe to repeat: the first time stands. */
  async notePromoted({ runId }: { runId: string }): Promise<void> {
    const run = await ports.runs.get(runId);
    if (run.promotedAt === null) await ports.runs.update(runId, { promotedAt: new Date().toISOString() });
  },
});

/** A rollback in the middle of a rollout wins: what was judged against another champion proves nothing. */
export async function refuseOtherChampion(
  { routes }: Pick<CanaryPorts, 'routes'>,
  { model, version, champion }: Pick<Step, 'model' | 'version' | 'champion'>,
): Promise<void> {
  const present = (await routes.get(model))?.champion.version;
  if (present === champion) return;
  throw new DriftloopError(
    'DL_CHAMPION_CHANGED',
    `${version} was judged against ${champion}, but ${present ?? 'nobody'} is the champion of ${model} now.`,
    { fix: `Start another run: driftloop run start ${model}`, status: 409 },
  );
}
