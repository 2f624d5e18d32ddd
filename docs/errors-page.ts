import { errorCodes } from '../domain/error-codes.ts';
import type { ErrorEntry } from '../domain/error-codes.ts';

/** The reference page of every error code, from the table in `domain/error-codes.ts`. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, entry]) =>
        `| \`${code}\` | ${entry.meaning} | ${entry.fix} | ${entry.met.join(', ')} | ${statusOf(entry)} | ${entry.retryable ? 'yes' : 'no'} |`,
    );
  return [
    '# Errors',
    '',
    'Made from the table in `domain/error-codes.ts` by `npm run docs`. Codes are stable: scripts and alerts may rely on them. Each error comes with a message that has the values, and a fix that may say more than this page.',
    '',
    '- The command line prints `CODE  message` and `fix: …` on stderr and ends with 1; with `--json`, `{ "error": { "code", "message", "fix" } }`.',
    '- HTTP answers `{ "error": { "code", "message", "fix", "problems"? } }` with the status; at the doors of other protocols `error` is a text and the code stands beside it ([serving](../serving.md#errors)). 503 carries `Retry-After`.',
    '- A dead letter has `code` and `reason`, beside the message as it came and where it stood.',
    '- A role logs a JSON line with `code`, and says at `/readyz` what it waits for. It waits for what may come back (try again: yes), and ends with 1 where only a person can help.',
    '',
    '| code | what it means | what to do | met | status | try again |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const statusOf = ({ met, status = 400 }: ErrorEntry): string => (met.includes('HTTP') ? String(status) : '');
