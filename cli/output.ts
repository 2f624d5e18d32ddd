import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { describeError, ourError } from '../domain/errors.ts';

/** What a command answers: a value for machines and programs, lines for people, and what to type next. */
export type Answer<Value = unknown> = { json: Value; text: string; next?: string; exitCode?: number };

export function print(answer: Answer, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(answer.json)}\n`);
  } else {
    process.stdout.write(`${answer.text}\n`);
    if (answer.next !== undefined) process.stdout.write(pc.dim(`next: ${answer.next}\n`));
  }
  if (answer.exitCode !== undefined) process.exitCode = answer.exitCode;
}

const errorsPage = fileURLToPath(new URL('../docs/reference/errors.md', import.meta.url));

/** Where a code is explained: the page that came with this installation, as it is named from here. */
function pageOf(code: string): string {
  const fromHere = path.relative('.', errorsPage);
  return `${fromHere.startsWith('..') ? errorsPage : fromHere}#${code.toLowerCase()}`;
}

/** Somebody went away instead of answering a question: no mistake, and no bug. */
export class LeftEarly extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit codes: 1 a mistake or a missing part, with its fix and its page; 2 wrong usage; 70 a bug of ours. */
export function reportFailure(error: unknown, asJson: boolean): void {
  const known = ourError(error);
  if (known !== null) {
    const { code, message, fix } = known;
    process.stderr.write(
      asJson
        ? `${JSON.stringify({ error: { code, message, fix, docs: pageOf(code) } })}\n`
        : `${describeError(known)}\n  docs: ${pageOf(code)}\n`,
    );
    process.exitCode = 1;
    return;
  }
  if (error instanceof LeftEarly) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.stderr.write('This is a bug of Driftloop, not of yours: please report it with the lines above.\n');
  process.exitCode = 70;
}

/** Rows as aligned columns, the first row being the heads. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((r) => (r[c] ?? '').length)));
  return rows
    .map((row, i) => {
      const line = row
        .map((cell, c) => cell.padEnd(widths[c] ?? 0))
        .join('  ')
        .trimEnd();
      return i === 0 ? pc.dim(line) : line;
    })
    .join('\n');
}
