import { logEvents } from '../domain/log-events.ts';

/** The reference page of every log line, from the table that the compiler holds the code to. */
export function logsPage(): string {
  const words = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' ');
  const roles = ['server', 'monitor', 'worker', 'worker-gpu', 'console'] as const;
  const rows = Object.entries(logEvents).map(
    ([message, { level, roles: by, fields, means }]) =>
      `| \`${message}\` | ${level} | ${by.length === roles.length ? 'every role' : by.join(', ')} | ${words(fields)} | ${means} |`,
  );
  return [
    '# Log lines',
    '',
    'Made from the table in `domain/log-events.ts` by `npm run docs`.',
    '',
    'Every role writes one line of JSON for each event to its standard output: `level` (30 info, 40 warn, 50 error, 60 fatal), `time` (milliseconds), `role` (`worker-gpu` for `driftloop worker --gpu`), `msg`, and the fields of the line. `msg` is a stable name: search and alert by it. `err` is an error with its type, message, stack and, where it is one of ours, its `code` and `fix`; `error` is its text. `DRIFTLOOP_LOG_LEVEL` sets the least level that is written (`info`).',
    '',
    'A line with `from` (`kafkajs`, `temporal`) is what a library says in its own words: `warn` and above.',
    '',
    '| msg | level | said by | fields | what it means |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
