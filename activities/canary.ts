import { servingMetrics } from '../domain/names.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import { DriftloopError } from '../domain/errors.ts';
import { minSamplesOf } from '../domain/rollout-config.ts';
import type { Judgement } from '../domain/rollout.ts';
import { judgeCanary, type ArmTraffic } from '../monitors/judge-canary.ts';
import { planRefit } from '../monitors/policy/refit.ts';
import { keepWatching } from './keep-watching.ts';
import type { Ports } from './ports.ts';

export type Step = { model: string; runId: string; configDigest: string; version: string; champion: string };
export type Refit = { onsetSeq: number; trainedAtSeq: number };

/** How long the servers may take to say that they are at a generation. Without servers nobody will. */
const SERVERS_WITHIN = { beatMs: 500, stretchMs: 20_000 };

type CanaryPorts = Pick<Ports, 'models' | 'routes' | 'examples' | 'runs' | 'metrics'>;

/** What a rollout does to production, and what it reads to judge it. */
export const createCanaryActivities = (ports: CanaryPorts, { namespace }: { namespace: string }) => ({
  /** Puts the challenger on a share of the traffic. Safe to repeat: the same share keeps its generation. */
  async setShare({ share, because, ...step }: Step & { share: number; because: string }): Promise<number> {
    await refuseOtherChampion(ports, step);
    const why = { by: 'driftloop', because, runId: step.runId };
    const { generation } = await ports.routes.setChallenger(
      step.model,
      { version: step.version, share, mode: 'canary' },
      why,
    );
    return generation;
  },

  /** Judges a step by the requests since it began. Safe to repeat: it only reads. */
  async judgeStep({ sinceMs, ...step }: Step & { sinceMs: number }): Promise<Judgement> {
    await refuseOtherChampion(ports, step);
    const { rollout } = await ports.models.getPinned(step.model, step.configDigest);
    const seconds = Math.max(1, Math.ceil((Date.now() - sinceMs) / 1_000));
    try {
      const minRequests = minSamplesOf(rollout);
      return judgeCanary(await trafficOf(ports, namespace, step, seconds), { ...rollout, minRequests });
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return { kind: 'error', sentence: error.message };
    }
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

/** Requests and errors of both arms, as Prometheus has counted them. */
async function trafficOf(
  { metrics }: CanaryPorts,
  namespace: string,
  { model, version, champion }: Step,
  seconds: number,
): Promise<{ challenger: ArmTraffic; champion: ArmTraffic }> {
  const series = `${servingMetrics.requests}{namespace="${namespace}",model="${model}",version=~"${version}|${champion}"}`;
  const samples = await metrics.query(`sum by (version, code) (increase(${series}[${seconds}s]))`);
  const arm = (name: string): ArmTraffic => {
    const own = samples.filter(({ labels }) => labels['version'] === name);
    const sum = (of: typeof own) => Math.round(of.reduce((total, { value }) => total + value, 0));
    return { requests: sum(own), errors: sum(own.filter(({ labels }) => labels['code']?.startsWith('5'))) };
  };
  return { challenger: arm(version), champion: arm(champion) };
}

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
