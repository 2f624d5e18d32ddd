import type { Asked } from '../domain/approval.ts';
import { isCancelled } from '../domain/run.ts';
import type { Run, TriggerKind } from '../domain/run.ts';
import { clockTime } from './times.ts';
import type { Clock } from './times.ts';
import { count, percent } from './wording.ts';

/** Icon, colour family and word of a state; any one of them may be lost and the others still say it. */
export type Mark = {
  icon: Icon;
  tone: 'ok' | 'warn' | 'bad' | 'unknown' | 'you' | 'plain';
  word: string;
};
export type Icon =
  | 'ok'
  | 'warn'
  | 'bad'
  | 'unknown'
  | 'running'
  | 'held'
  | 'person'
  | 'rejected'
  | 'paused'
  | 'planned'
  | 'fleet'
  | 'runs'
  | 'alert'
  | 'versions'
  | 'model'
  | 'approve'
  | 'back'
  | 'rollout'
  | 'policy'
  | 'theme'
  | 'teach'
  | 'spark'
  | 'dispute'
  | 'draw'
  | 'audit'
  | 'settings';

/** Where a run is, in a word or two. `share` is the challenger's share of the traffic while it rolls out. */
export function markRun(
  run: Pick<Run, 'phase' | 'outcome' | 'version' | 'progress'>,
  share: number | null = null,
): Mark {
  const version = run.version ?? 'the challenger';
  if (run.outcome !== null) {
    switch (run.outcome.kind) {
      case 'promoted':
        return { icon: 'ok', tone: 'ok', word: `Promoted ${run.outcome.version}` };
      case 'rejected':
        return { icon: 'rejected', tone: 'plain', word: 'Rejected' };
      case 'withdrawn':
        return { icon: 'rejected', tone: 'plain', word: `Withdrew ${run.outcome.version}` };
      case 'skipped':
        return { icon: 'planned', tone: 'plain', word: 'Nothing to do' };
      case 'failed':
        if (isCancelled(run.outcome)) return { icon: 'rejected', tone: 'plain', word: 'Cancelled' };
        return { icon: 'bad', tone: 'bad', word: 'Failed' };
      default:
        return run.outcome satisfies never;
    }
  }
  switch (run.phase) {
    case 'triage':
      return { icon: 'running', tone: 'plain', word: 'Looks at the data' };
    case 'waiting-for-labels':
      return { icon: 'held', tone: 'warn', word: 'Waits for labels' };
    case 'snapshot':
      return { icon: 'running', tone: 'plain', word: 'Picks the rows' };
    case 'fine-tuning':
      return {
        icon: 'running',
        tone: 'plain',
        word:
          run.progress === null
            ? 'Fine-tunes'
            : `Fine-tunes, step ${count(run.progress.step)} of ${count(run.progress.steps)}`,
      };
    case 'evaluating':
      return { icon: 'running', tone: 'plain', word: `Tries ${version}` };
    case 'holding':
      return { icon: 'held', tone: 'warn', word: 'Held for more labels' };
    case 'servability':
      return { icon: 'running', tone: 'plain', word: `Serves ${version} on trial` };
    case 'waiting-for-approval':
      return {
        icon: 'person',
        tone: 'you',
        word: run.version === null ? 'Suggests a training' : 'Waits for approval',
      };
    case 'rollout':
      return {
        icon: 'running',
        tone: 'plain',
        word: share === null ? `Rolls out ${version}` : `${version} answers ${percent(share)}`,
      };
    case 'ended':
      return { icon: 'unknown', tone: 'unknown', word: 'Ended' };
    default:
      return run.phase satisfies never;
  }
}

export const triggerWords: Readonly<Record<TriggerKind, string>> = {
  regret: 'too many errors',
  drift: 'inputs moved',
  quality: 'below the objective',
  schedule: 'on schedule',
  volume: 'enough new labels',
  manual: 'asked for',
};

/** `asked for by operator@team`, `too many errors`. */
export const sayTrigger = ({ trigger }: Pick<Run, 'trigger'>): string =>
  trigger.by !== undefined && trigger.kind === 'manual'
    ? `${triggerWords.manual} by ${trigger.by}`
    : trigger.refit === undefined
      ? triggerWords[trigger.kind]
      : 'more rows since the change';

/** What happens next by itself, for a run that waits for a person. */
export function sayDeadline(asked: Pick<Asked, 'until' | 'onTimeout'> | null, clock: Clock): string | null {
  if (asked === null || asked.until === null || asked.onTimeout === null) return null;
  const at = clockTime(asked.until, clock);
  switch (asked.onTimeout) {
    case 'reject':
      return `Rejects itself ${at}`;
    case 'hold':
      return `Stays held after ${at}`;
    case 'escalate':
      return `Asks others as well from ${at}`;
    default:
      return asked.onTimeout satisfies never;
  }
}
