import type { AuditLog } from '../../domain/audit.ts';
import { sayFrozen } from '../../domain/freeze.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Loop, ModelStore, RouteStore, RunEvent, RunStore, VersionStore } from '../../domain/ports.ts';
import { rolloutSchema, timesOf } from '../../domain/rollout-config.ts';
import type { RolloutConfig } from '../../domain/rollout-config.ts';
import { lastsMs, waitMs } from '../../domain/rollout-pace.ts';
import { isOnTrial, isSameStage, stageOf } from '../../domain/rollout.ts';
import type { OnTrial, RolloutStanding, RolloutTimes, Stage } from '../../domain/rollout.ts';
import type { Run } from '../../domain/run.ts';
import { lastDrill } from '../versions/way-back.ts';
import type { PastRollout, PhaseSpan, RolloutView, ShownRollout } from './rollout-view.ts';

export type RolloutParts = {
  models: Pick<ModelStore, 'get' | 'getPinned'>;
  versions: Pick<VersionStore, 'list'>;
  routes: Pick<RouteStore, 'get' | 'previousChampion'>;
  runs: Pick<RunStore, 'list' | 'story' | 'evaluations' | 'rolloutLooks'>;
  loop: Pick<Loop, 'rollout'>;
  audit: Pick<AuditLog, 'list'>;
  clock: () => number;
};

/** More looks than a chart can tell apart. */
const LOOKS = 300;
/**
 * Everything about the rollouts of a model: the one that goes on, or that of the run which is named.
 *
 * @throws DL_UNKNOWN_MODEL
 */
export async function gatherRollout(
  parts: RolloutParts,
  model: string,
  runId: string | null = null,
): Promise<RolloutView> {
  const { models, routes, runs, clock } = parts;
  const now = clock();
  const [{ config }, route, wayBack, listed, drill] = await Promise.all([
    models.get(model),
    routes.get(model),
    routes.previousChampion(model),
    runs.list({ model, limit: 100 }),
    lastDrill(parts.audit, model),
  ]);
  const open = listed.find(({ phase, endedAt }) => phase === 'rollout' && endedAt === null);
  const run = runId === null ? open : listed.find(({ id }) => id === runId);
  const { freeze } = rolloutSchema.parse(config.rollout);
  return {
    model,
    champion: route?.champion.version ?? null,
    wayBack,
    shown: run?.version == null ? null : await show(parts, { ...run, version: run.version }, now),
    past: listed.flatMap(pastOf),
    frozen: sayFrozen(freeze, now),
    freezes: freeze,
    drill,
  };
}

const pastOf = ({ id, outcome, endedAt }: Run): PastRollout[] =>
  endedAt !== null && (outcome?.kind === 'promoted' || outcome?.kind === 'withdrawn')
    ? [{ runId: id, version: outcome.version, kind: outcome.kind, sentence: outcome.sentence, endedAt }]
    : [];

async function show(
  { models, versions, runs, loop }: RolloutParts,
  run: Run & { version: string },
  now: number,
): Promise<ShownRollout> {
  const { id, model, version, endedAt, outcome, phase } = run;
  const isOpen = endedAt === null && phase === 'rollout';
  const [config, story, looks, evaluations, all, asked] = await Promise.all([
    models.getPinned(model, run.configDigest),
    runs.story(id),
    runs.rolloutLooks(id, { most: LOOKS }),
    runs.evaluations(id),
    versions.list(model),
    isOpen ? ask(loop, model, id) : { standing: null, silence: null },
  ]);
  const rollout = rolloutSchema.parse(config.rollout);
  const times = timesOf(rollout);
  const events = story.filter((event) => event.phase === 'rollout');
  const until = endedAt === null ? now : Date.parse(endedAt);
  const stages = stagesOf(rollout);
  const phases = phasesOf(events, asked.standing, stages, until);
  const judged = evaluations.at(-1)?.champion;
  const parent = all.find((one) => one.version === version)?.parent;
  return {
    runId: id,
    version,
    over: asked.standing?.champion ?? judged ?? parent ?? 'the champion',
    isOpen,
    phase,
    outcome,
    ...asked,
    phases,
    planned: isOpen ? plannedFrom(phases.at(-1), stages, times, now) : [],
    nextLookAt: isOpen ? nextLookOf(asked.standing, times, now) : null,
    times,
    entity: entityOf(config),
    looks,
    told: events.map(({ at, sentence, data }) => ({ at, sentence, says: saysOf(data) })),
  };
}

const entityOf = ({ entity }: ModelConfig): string | null => entity ?? null;

const saysOf = (data: RunEvent['data']): string | null => {
  const said = data?.['judgement'] ?? data?.['word'];
  return typeof said === 'string' ? said : null;
};

/** Where it is, as its workflow says; or why it says nothing. */
async function ask(loop: RolloutParts['loop'], model: string, runId: string) {
  try {
    const standing = await loop.rollout(model);
    return { standing: standing?.runId === runId ? standing : null, silence: null };
  } catch (error) {
    return { standing: null, silence: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The story says when the servers began to serve a phase: those events carry the generation. A phase on which the
 * workflow has decided already begins now.
 */
export function phasesOf(
  events: readonly (Pick<RunEvent, 'data'> & { at: string })[],
  standing: RolloutStanding | null,
  stages: readonly Stage[],
  until: number,
): PhaseSpan[] {
  const begins = events.flatMap(({ at, data }) => {
    const stage = data?.['generation'] === undefined ? null : stageIn(data);
    return stage === null ? [] : [{ stage, from: Date.parse(at) }];
  });
  // The steps of a canary are counted where a story only knows their shares.
  let step = -1;
  const counted = begins.map(({ stage, from }) => ({
    stage: stage.phase === 'canary' ? { ...stage, step: (step += 1) } : stage,
    from,
  }));
  if (standing !== null && isOnTrial(standing.rollout)) {
    const stage = stageOf(standing.rollout);
    const last = counted.at(-1);
    if (last === undefined) counted.push({ stage, from: Date.parse(standing.since) });
    else if (placeOf(stage, stages) > placeOf(last.stage, stages)) counted.push({ stage, from: until });
  }
  return counted.map(({ stage, from }, i) => ({ stage, from, to: counted[i + 1]?.from ?? until }));
}

function stageIn(data: NonNullable<RunEvent['data']>): Stage | null {
  const { rollout, share } = data;
  if (rollout === 'shadow' || rollout === 'bake') return { phase: rollout };
  return rollout === 'canary' && typeof share === 'number' ? { phase: 'canary', step: 0, share } : null;
}

/** Every phase, in its order. */
const stagesOf = ({ shadow, canary, bake }: RolloutConfig): Stage[] => [
  ...(shadow === undefined ? [] : [{ phase: 'shadow' } as const]),
  ...canary.map((share, step) => ({ phase: 'canary', step, share }) as const),
  ...(bake === undefined ? [] : [{ phase: 'bake' } as const]),
];

const placeOf = (stage: Stage, stages: readonly Stage[]): number =>
  stages.findIndex((one) => isSameStage(one, stage));

/** What is still to come if every judgement is good. */
function plannedFrom(
  current: PhaseSpan | undefined,
  stages: readonly Stage[],
  times: RolloutTimes,
  now: number,
): PhaseSpan[] {
  const at = current === undefined ? -1 : placeOf(current.stage, stages);
  let from = now;
  return stages.slice(Math.max(0, at)).map((stage, i) => {
    const isCurrent = i === 0 && current !== undefined;
    const to = isCurrent ? Math.max(now, current.from + lastsMs(stage, times)) : from + lastsMs(stage, times);
    const span = { stage, from, to };
    from = to;
    return span;
  });
}

function nextLookOf(standing: RolloutStanding | null, times: RolloutTimes, now: number): number | null {
  if (standing === null || !isOnTrial(standing.rollout)) return null;
  const sinceMs = Date.parse(standing.since);
  const lookedMs = standing.seen === null ? sinceMs : Date.parse(standing.seen.at);
  const current: OnTrial = standing.rollout;
  return Math.max(now, lookedMs + waitMs({ sinceMs, waitsSinceMs: sinceMs }, current, times, lookedMs));
}
