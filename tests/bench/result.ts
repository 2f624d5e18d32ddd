import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DriftloopError, describeError } from '../../domain/errors.ts';

/** What a bench brings back: figures by what they were measured on, and the options they were measured with. */
export type BenchResults = {
  results: Readonly<Record<string, unknown>>;
  options?: Readonly<Record<string, unknown>>;
};

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');

/**
 * Runs a bench, prints `{ bench, cores, memoryGb, results }` as the last line and keeps it in results/NAME.json.
 * Returns the exit code. A bench that returns nothing (`--help`) leaves the kept results alone.
 */
export async function runBench(
  bench: string,
  run: (args: readonly string[]) => Promise<BenchResults | null>,
  args: readonly string[],
): Promise<number> {
  try {
    const began = performance.now();
    const done = await run(args);
    if (done === null) return 0;
    const line = {
      bench,
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      seconds: Math.round((performance.now() - began) / 1000),
      ...(done.options ? { options: done.options } : {}),
      results: done.results,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${bench}.json`), `${JSON.stringify(line, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof DriftloopError) process.stderr.write(`${describeError(error)}\n`);
    else if (isMistypedOption(error)) process.stderr.write(`${error.message}\n  fix: see --help.\n`);
    else throw error;
    return 1;
  }
}

/** What `parseArgs` throws for an option that it does not know, or a value that it cannot take. */
const isMistypedOption = (error: unknown): error is TypeError =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
