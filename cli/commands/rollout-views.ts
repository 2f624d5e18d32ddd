import { isOnTrial, sayStage } from '../../domain/rollout.ts';
import type { RolloutStanding } from '../../domain/rollout.ts';
import { table } from '../output.ts';

/** What `rollout show` prints: the phase, what holds it, and every check of the newest look. */
export function printRollout({ version, champion, rollout, since, seen }: RolloutStanding): string {
  if (!isOnTrial(rollout)) return `${version} is ${rollout.phase}.`;
  const lines = [`${sayStage(version, rollout)} The champion is ${champion}. Since ${since}.`];
  if (rollout.hold !== null) lines.push(`Held: ${rollout.hold.sentence}`);
  if (seen === null) return [...lines, 'Nothing has been looked at yet.'].join('\n');
  lines.push(
    `${seen.at}: ${seen.judgement.kind}. ${seen.checks.length === 0 ? seen.judgement.sentence : ''}`.trim(),
  );
  if (seen.checks.length > 0)
    lines.push(
      table([
        ['CHECK', 'SAYS', 'WHY'],
        ...seen.checks.map(({ check, kind, sentence, dryRun }) => [
          check,
          dryRun === true ? `${kind} (decides nothing)` : kind,
          sentence,
        ]),
      ]),
    );
  return lines.join('\n');
}
