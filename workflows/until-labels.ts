import { condition } from '@temporalio/workflow';
import { watching } from './activities.ts';
import type { RunContext } from './retrain.ts';
import { watchUntil } from './watch-until.ts';

/**
 * Waits until the newest label is at `untilSeq`: an activity watches for minutes, the workflow bounds it for days.
 * `expired` when `untilMs` has come, `superseded` when a newer finding makes waiting pointless, `forced` when a person
 * does not want the gate to wait.
 */
export async function untilLabels(
  { model, listener }: Pick<RunContext, 'model' | 'listener'>,
  { untilSeq, untilMs }: { untilSeq: number; untilMs: number },
): Promise<'arrived' | 'expired' | 'superseded' | 'forced'> {
  const isWoken = () => listener.superseded() !== null || listener.isForced();
  for (;;) {
    if (listener.isForced()) return 'forced';
    if (listener.superseded() !== null) return 'superseded';
    if (Date.now() >= untilMs) return 'expired';
    const watched = await watchUntil(() => watching.awaitLabels({ model, untilSeq, untilMs }), isWoken);
    if (watched.kind === 'woken') continue;
    if (watched.answer.isEnough) return 'arrived';
    const restMs = Math.min(watched.answer.lookAgainInMs, untilMs - Date.now());
    if (restMs > 0) await condition(isWoken, restMs);
  }
}
