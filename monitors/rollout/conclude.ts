import type { Check, Judgement } from '../../domain/rollout.ts';

/**
 * What a look says altogether. Harm weighs most: one check that failed withdraws, whatever else is unknown. Then what
 * could not be read at all, then what is not clear yet; success is only what every check that decides calls so.
 */
export function conclude(checks: readonly Check[]): Judgement {
  const deciding = checks.filter(({ dryRun }) => dryRun !== true);
  if (deciding.length === 0)
    return { kind: 'inconclusive', sentence: 'Every check is a dry run: nothing is there to decide by.' };
  for (const kind of ['failed', 'error', 'inconclusive'] as const) {
    const such = deciding.filter((check) => check.kind === kind);
    if (such.length > 0) return { kind, sentence: such.map(({ sentence }) => sentence).join(' ') };
  }
  return {
    kind: 'successful',
    sentence: `All well: ${deciding.map(({ check, sentence }) => `${check}: ${sentence}`).join(' ')}`,
  };
}
