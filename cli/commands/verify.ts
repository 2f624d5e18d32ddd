import type { Command } from 'commander';
import type { FoundDifference, Verification } from '../../activities/verify-run.ts';
import { table, type Answer } from '../output.ts';
import { action, documented } from './action.ts';

export function addVerifyCommand(program: Command): void {
  documented(
    program
      .command('verify')
      .argument('<run>')
      .description('recomputes every verdict of a run from what is stored, and says whether it is equal'),
    ['verify run-0199c3…', 'verify run-0199c3… --json'],
  ).action(
    action(async (_options, id) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ run }) => answerOf(await run.verify(id)));
    }),
  );
}

/** More than that nobody reads. */
const SHOWN = 20;

function answerOf(verification: Verification): Answer {
  const { runId, isEqual, differences, sentence } = verification;
  const shown = differences.slice(0, SHOWN);
  const rest = differences.length - shown.length;
  const lines = [
    sentence,
    ...(isEqual
      ? []
      : ['', differenceTable(shown), ...(rest > 0 ? [`… and ${rest} more (--json has all)`] : [])]),
  ];
  return {
    json: verification,
    text: lines.join('\n'),
    next: `driftloop run show ${runId}`,
    ...(isEqual ? {} : { exitCode: 1 }),
  };
}

const differenceTable = (differences: readonly FoundDifference[]): string =>
  table([
    ['LOOK', 'WHAT', 'STORED', 'RECOMPUTED'],
    ...differences.map(({ look, path, stored, recomputed }) => [
      look === null ? '' : String(look),
      path,
      short(stored),
      short(recomputed),
    ]),
  ]);

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
