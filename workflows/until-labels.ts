import { condition } from '@temporalio/workflow';
import { watching } from './activities.ts';
import type { RunContext } from './retrain.ts';
import { watchUntil } from './watch-until.ts';

/**
 * Waits until the newest label is at `untilSeq`: an activity watches for minutes, the workflow bounds it for days.
 * `expired` when `untilMs` has come, `superseded` when a newer finding makes waiting pointless.
 */
export async function untilLabels(
  { model, listener }: Pick<RunContext, 'model' | 'listener'>,
  { untilSeq, untilMs }: { untilSeq: number; untilMs: number },
): Promise<'arrived' | 'expired' | 'superseded'> {
  const isSuperseded = () => listener.superseded() !== null;
  for (;;) {
    if (isSuperseded()) return 'superseded';
    if (Date.now() >= untilMs) return 'expired';
    const watched = await watchUntil(() => watching.awaitLabels({ model, untilSeq, untilMs }), isSuperseded);
    if (watched.kind === 'woken') return 'superseded';
    if (watched.answer.isEnough) return 'arrived';
    const restMs = Math.min(watched.answer.lookAgainInMs, untilMs - Date.now());
    if (restMs > 0) await condition(isSuperseded, restMs);
  }
}
