import { milliseconds } from '../domain/duration.ts';
import { DriftloopError } from '../domain/errors.ts';
import { sayFrozen } from '../domain/freeze.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { lookEveryMs, minSamplesOf, rolloutSchema } from '../domain/rollout-config.ts';
import type { Check, Judgement, Stage } from '../domain/rollout.ts';
import { conclude } from '../monitors/rollout/conclude.ts';
import { alphasOf, judgeArms } from '../monitors/rollout/judge-arms.ts';
import { judgeMetric, queryOf } from '../monitors/rollout/judge-metric.ts';
import { judgeQuality } from '../monitors/rollout/judge-quality.ts';
import { refuseOtherChampion, type Step } from './canary.ts';
import type { Ports } from './ports.ts';
import { readEvidence } from './rollout-evidence.ts';
import type { Arrivals } from './score-arrivals.ts';

export type StepLook = Step & {
  stage: Stage;
  /** When the phase and when the whole rollout began to be served; ms since 1970. */
  sinceMs: number;
  begunMs: number;
  /** What labels say so far; null until they have been looked at. */
  arrivals: Arrivals | null;
};

/** What one look has seen. */
export type StepSeen = {
  judgement: Judgement;
  /** What it is made of; empty where nothing could be read. */
  checks: Check[];
  /** Share of the servers that have the challenger loaded. */
  ready: number;
  /** Why nothing moves forward now, or null. */
  frozen: string | null;
};

/** Counters of a scrape a minute are not stale yet. */
const STALE_AFTER_MS = 90_000;

type JudgePorts = Pick<Ports, 'models' | 'routes' | 'metrics'> & {
  runs: Pick<Ports['runs'], 'saveRolloutLook'>;
};

export const createJudgeActivities = (ports: JudgePorts, { namespace }: { namespace: string }) => ({
  /** Judges a phase by everything since it began, and keeps what it saw. Safe to repeat: that is one look more. */
  async judgeStep(look: StepLook): Promise<StepSeen> {
    await refuseOtherChampion(ports, look);
    const pinned = await ports.models.getPinned(look.model, look.configDigest);
    // A config that an older release has stored has no word on what this one asks.
    const config = { ...pinned, rollout: rolloutSchema.parse(pinned.rollout) };
    const nowMs = Date.now();
    const frozen = sayFrozen(config.rollout.freeze, nowMs);
    const seen = { ...(await lookAt(ports, namespace, config, look, nowMs)), frozen };
    const at = new Date(nowMs).toISOString();
    await ports.runs.saveRolloutLook(look.runId, { at, stage: look.stage, ...seen });
    return seen;
  },
});

/** What cannot be read is a judgement too. */
async function lookAt(...given: Parameters<typeof see>): Promise<Omit<StepSeen, 'frozen'>> {
  try {
    return await see(...given);
  } catch (error) {
    if (!(error instanceof DriftloopError)) throw error;
    return { judgement: { kind: 'error', sentence: error.message }, checks: [], ready: 1 };
  }
}

async function see(
  { metrics }: JudgePorts,
  namespace: string,
  config: ModelConfig,
  look: StepLook,
  nowMs: number,
): Promise<Omit<StepSeen, 'frozen'>> {
  const { rollout } = config;
  const { model, version, champion, stage, sinceMs } = look;
  const evidence = await readEvidence(metrics, {
    namespace,
    model,
    version,
    champion,
    stage,
    isSticky: config.entity !== undefined,
    sinceMs,
    nowMs,
    begunMs: look.begunMs,
    staleAfterMs: Math.max(2 * lookEveryMs(rollout), STALE_AFTER_MS),
  });
  if ('blackout' in evidence)
    return { judgement: { kind: 'error', sentence: evidence.blackout }, checks: [], ready: 1 };
  const phases = (rollout.shadow ? 1 : 0) + rollout.canary.length + (rollout.bake ? 1 : 0);
  const alphas = alphasOf(rollout, phases);
  const { arms, split, before, ready } = evidence;
  const served = judgeArms(arms, { split, before }, rollout, alphas.guardrail);
  const window = `${Math.max(1, Math.ceil((nowMs - sinceMs) / 1_000))}s`;
  const own = await Promise.all(
    rollout.metrics.map(async (metric): Promise<Check> => {
      const query = queryOf(metric, { namespace, model, version, champion, window });
      return judgeMetric(await metrics.values(query), metric);
    }),
  );
  const checks = [
    // A copy waits behind everything that somebody waits for: how long it took says nothing.
    ...served.map((check) =>
      stage.phase === 'shadow' && check.check === 'latency' ? { ...check, dryRun: true } : check,
    ),
    qualityCheck(rollout, stage, look.arrivals, alphas.quality),
    ...own,
  ];
  return { judgement: conclude(checks), checks, ready };
}

/**
 * Quality has to be shown in the shadow and in the bake. In a canary it can only withdraw: a step is too short to wait for
 * it, and where labels take longer than a step they say nothing of it at all.
 */
function qualityCheck(
  rollout: ModelConfig['rollout'],
  stage: Stage,
  arrivals: Arrivals | null,
  alpha: number,
): Check {
  const { dryRun, minLabels = minSamplesOf(rollout), ...rules } = rollout.guardrails.quality;
  const { wins, losses, ties } = arrivals?.pairs ?? { wins: 0, losses: 0, ties: 0 };
  const judged = judgeQuality({ wins, losses, ties }, { alpha, minLabels, ...rules });
  if (stage.phase !== 'canary') return { ...judged, dryRun };
  const delayMs = arrivals?.delayMs ?? null;
  if (delayMs !== null && delayMs > milliseconds(rollout.step))
    return {
      check: 'quality',
      kind: 'inconclusive',
      sentence: `Labels take ${Math.round(delayMs / 1_000)} seconds (median), longer than a step: its guardrails are judged alone.`,
      dryRun: true,
    };
  return { ...judged, dryRun: dryRun || judged.kind !== 'failed' };
}
