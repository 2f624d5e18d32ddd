import type { LoopEvent } from './events.ts';
import type { Asked } from './approval.ts';
import type { RunEvent } from './ports.ts';

/** What a line of a run's story tells the world; null where another event tells it already. */
export function eventOfLine(model: string, runId: string, line: RunEvent): LoopEvent | null {
  const { phase, sentence, data = {} } = line;
  // The end has its own, with the outcome; the gate's looks and people's words are told where they are kept.
  if (phase === 'ended' || 'verdict' in data || 'decision' in data) return null;
  if ('asked' in data) {
    const { about, until, isEscalated } = data['asked'] as Asked;
    return {
      type: 'driftloop.approval.requested.v1',
      model,
      data: { runId, about, until, isEscalated, sentence },
    };
  }
  if (!('rollout' in data))
    return { type: 'driftloop.run.advanced.v1', model, data: { runId, phase, sentence } };
  const place = {
    runId,
    phase: String(data['rollout']),
    share: (data['share'] as number | undefined) ?? null,
  };
  if (place.phase === 'withdrawn')
    return { type: 'driftloop.rollout.withdrawn.v1', model, data: { runId, sentence } };
  return 'heldFor' in data
    ? {
        type: 'driftloop.rollout.held.v1',
        model,
        data: { ...place, heldFor: String(data['heldFor']), sentence },
      }
    : { type: 'driftloop.rollout.moved.v1', model, data: { ...place, sentence } };
}
