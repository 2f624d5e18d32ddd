import { errorCodes } from '../domain/error-codes.ts';

/** The reference page of every error code, from the table in `domain/error-codes.ts`: a section each, to link to. */
export function errorsPage(): string {
  const sections = Object.entries(errorCodes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([code, entry]) => [
      `## ${code}`,
      '',
      entry.meaning,
      '',
      `**What to do:** ${entry.fix}`,
      '',
      `Met: ${entry.met.map((where) => (where === 'HTTP' ? `HTTP ${entry.status ?? 400}` : where)).join(', ')}. ${entry.retryable ? 'Trying again can help.' : 'Trying the same again does not help.'}`,
      '',
    ]);
  return [
    '# Errors',
    '',
    'Made from the table in `domain/error-codes.ts` by `npm run docs`. Codes are stable: scripts and alerts may rely on them. Each error comes with a message that has the values, and a fix that may say more than this page.',
    '',
    '- The command line prints `CODE  message`, `fix: …` and `docs: …` (the section of this page) on stderr and ends with 1, or with 2 where the command itself cannot be read (`DL_USAGE`); with `--json`, `{ "error": { "code", "message", "fix", "docs" } }`.',
    '- HTTP answers `{ "error": { "code", "message", "fix", "problems"? } }` with the status; at the doors of other protocols `error` is a text and the code stands beside it ([serving](../serving.md#errors)). 503 carries `Retry-After`.',
    '- A dead letter has `code` and `reason`, beside the message as it came and where it stood.',
    '- A role logs a JSON line with `code`, and says at `/readyz` what it waits for. It waits for what may come back, and ends with 1 where only a person can help.',
    '',
    ...sections,
  ].join('\n');
}
