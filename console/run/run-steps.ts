import type { Run, RunPhase } from '../../domain/run.ts';
import { markRun } from '../run-state.ts';
import type { Mark } from '../run-state.ts';
import { sentence } from '../wording.ts';
import type { StoredEvent } from './run-record.ts';

/** What takes the time: the machine, the world that has to send labels, a person, or production that is watched. */
export type Taking = 'work' | 'labels' | 'held' | 'paused' | 'person' | 'rollout';

/** One line of the story of a run. */
export type RunStep = Readonly<{
  title: string;
  mark: Pick<Mark, 'icon' | 'tone'>;
  says: string;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  taking: Taking;
  /** It goes on now. */
  isOpen: boolean;
}>;

type Matter = Readonly<{ run: Run; events: readonly StoredEvent[]; now: number }>;

/**
 * The story with its durations. An event says what begins, so that it lasts until the next one; only what is told when it
 * is over (`servability`) has lasted since the one before.
 */
export function runSteps({ run, events, now }: Matter): RunStep[] {
  const end = run.endedAt === null ? now : Date.parse(run.endedAt);
  const steps: RunStep[] = [];
  for (const [i, event] of events.entries()) {
    const at = Date.parse(event.at);
    const next = events[i + 1];
    const before = steps.at(-1);
    const isTold = event.phase === 'servability';
    if (isTold && before !== undefined) steps[steps.length - 1] = { ...before, to: before.from };
    const step: RunStep = {
      title: titleOf(event),
      mark: markOf(event, run),
      says: sentence(event.sentence),
      from: isTold ? (before?.from ?? at) : at,
      to: isTold ? at : next === undefined ? end : Date.parse(next.at),
      taking: takingOf(event),
      isOpen: next === undefined && run.outcome === null && !isTold,
    };
    const last = steps.at(-1);
    if (event.phase === 'holding' && last?.taking === 'held')
      steps[steps.length - 1] = { ...step, from: last.from };
    else steps.push(step);
  }
  return steps.map((step) => (step.isOpen ? { ...step, mark: markRun(run) } : step));
}

function takingOf({ phase, data }: StoredEvent): Taking {
  switch (phase) {
    case 'waiting-for-labels':
      return 'labels';
    case 'holding':
      return 'held';
    case 'waiting-for-approval':
      return 'person';
    case 'rollout':
      return 'rollout';
    case 'fine-tuning':
      return data?.['paused'] === true ? 'paused' : 'work';
    // A challenger is there, and the first look of the gate waits for rows that neither version has seen.
    case 'evaluating':
      return data?.['verdict'] === undefined ? 'labels' : 'work';
    case 'triage':
    case 'snapshot':
    case 'servability':
    case 'ended':
      return 'work';
    default:
      return phase satisfies never;
  }
}

const phaseTitles: Readonly<Record<RunPhase, string>> = {
  triage: 'Triage',
  'waiting-for-labels': 'Wait for labels',
  snapshot: 'Snapshot',
  'fine-tuning': 'Fine-tune',
  evaluating: 'Trained',
  holding: 'Gate: hold',
  servability: 'Servable',
  'waiting-for-approval': 'Approval',
  rollout: 'Rollout',
  ended: 'End',
};

function titleOf({ phase, data }: StoredEvent): string {
  if (phase === 'triage' && data?.['trigger'] !== undefined) return 'Why';
  if (phase === 'fine-tuning' && data?.['paused'] === true) return 'Paused';
  if (phase === 'waiting-for-approval' && data?.['decision'] !== undefined) return 'Decision';
  if (phase === 'evaluating' && data?.['forced'] === true) return 'Forced';
  if (phase === 'evaluating' && typeof data?.['verdict'] === 'string') return `Gate: ${data['verdict']}`;
  if (phase === 'evaluating' && data?.['steps'] === undefined) return 'On trial';
  return phaseTitles[phase];
}

function markOf({ phase, data }: StoredEvent, run: Run): RunStep['mark'] {
  if (phase === 'ended') return markRun(run);
  if (phase === 'holding' || phase === 'waiting-for-labels') return { icon: 'held', tone: 'warn' };
  if (phase === 'waiting-for-approval') return { icon: 'person', tone: 'you' };
  if (data?.['paused'] === true) return { icon: 'paused', tone: 'plain' };
  if (data?.['forced'] === true) return { icon: 'warn', tone: 'warn' };
  if (data?.['verdict'] === 'reject') return { icon: 'rejected', tone: 'plain' };
  return { icon: 'ok', tone: 'ok' };
}

/** A piece of the strip that says where the time went. */
export type Stretch = Readonly<{ taking: Taking; ms: number }>;

/**
 * Neighbours that take the time in the same way are one stretch. What took less than a second belongs to the one before
 * it, or to the first: together they are as long as the run.
 */
export function stretchesOf(steps: readonly RunStep[]): Stretch[] {
  const stretches: Stretch[] = [];
  let begun = 0;
  for (const { taking, from, to } of steps) {
    const ms = to - from;
    const last = stretches.at(-1);
    if (last !== undefined && (last.taking === taking || ms < 1_000))
      stretches[stretches.length - 1] = { ...last, ms: last.ms + ms };
    else if (ms < 1_000) begun += ms;
    else {
      stretches.push({ taking, ms: begun + ms });
      begun = 0;
    }
  }
  return stretches;
}

/** What each took in all. */
export const tookBy = (stretches: readonly Stretch[]): ReadonlyMap<Taking, number> =>
  stretches.reduce(
    (sums, { taking, ms }) => sums.set(taking, (sums.get(taking) ?? 0) + ms),
    new Map<Taking, number>(),
  );
