import { parseArgs } from 'node:util';
import { DriftloopError } from '../../domain/errors.ts';

/** The options of a bench that are whole numbers above 0; null after `--help`, which is answered. */
export function wholeOptions<K extends string>(
  bench: string,
  args: readonly string[],
  known: Readonly<Record<K, { default: number; says: string }>>,
): Record<K, number> | null {
  const entries = Object.entries(known) as [K, { default: number; says: string }][];
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(entries.map(([name]) => [name, { type: 'string' as const }])),
      help: { type: 'boolean' as const, short: 'h' },
    },
  });
  const usage = [
    `npm run bench -- ${bench} [options]`,
    ...entries.map(([name, option]) => `  --${`${name} N`.padEnd(12)} ${option.says} (${option.default})`),
  ].join('\n');
  if (values['help'] === true) {
    process.stdout.write(`${usage}\n`);
    return null;
  }
  return Object.fromEntries(
    entries.map(([name, option]) => {
      const text = (values as Record<string, string | undefined>)[name] ?? `${option.default}`;
      const n = Number(text);
      if (Number.isInteger(n) && n > 0) return [name, n];
      throw new DriftloopError('DL_OPTION_INVALID', `--${name} ${text} is not a whole number above 0.`, {
        fix: usage,
      });
    }),
  ) as Record<K, number>;
}
