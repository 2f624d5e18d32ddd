import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DriftloopError, withoutPassword } from '../../domain/errors.ts';
import { cacheRoot, installOnce } from './cache.ts';
import type { Installed, Located, Part, PartEvent, Tools } from './part.ts';

/** Beside what was fetched: which version it is, and which source it came from. */
const LABEL = 'driftloop-part.json';

/** The only platform that parts are fetched for; elsewhere they have to be given. */
export const FETCHED_FOR = 'linux-x64';

/**
 * Find a part without fetching anything: an address in the environment, then a program on `PATH` (or a
 * package that carries it), then Driftloop's cache. Null where it is in none of them.
 */
export async function locate<F extends string>(part: Part<F>, tools: Tools): Promise<Located<F> | null> {
  const address = part.variable && tools.env[part.variable];
  if (address) return { where: 'environment', address };
  return (await part.findInstalled(tools)) ?? (await inCache(part, tools));
}

async function inCache<F extends string>(part: Part<F>, tools: Tools): Promise<Installed<F> | null> {
  const directory = join(cacheRoot(tools.env), part.folder);
  if (!existsSync(directory)) return null;
  const label = JSON.parse(await readFile(join(directory, LABEL), 'utf8')) as {
    version: string;
    source: string;
  };
  const files = Object.entries<string>(part.files).map(([name, path]) => [name, join(directory, path)]);
  return { where: 'cache', ...label, files: Object.fromEntries(files) as Record<F, string> };
}

/**
 * Find a part, or fetch it into the cache from the first source that answers.
 *
 * Safe to repeat and to interrupt: what is in the cache is complete, and two processes fetch it once.
 *
 * @returns where it is; null for a part that is not needed here, or is optional and could not be had
 * @throws {DriftloopError} `DL_PART_MISSING`, with what each source said and what to type
 */
export async function provision<F extends string>(
  part: Part<F>,
  tools: Tools,
  report: (event: PartEvent) => void = () => {},
): Promise<Located<F> | null> {
  const say = (phase: PartEvent['phase'], message: string, share?: number) =>
    report({ part: part.name, phase, message, ...(share === undefined ? {} : { share }) });
  if (part.isNeeded && !(await part.isNeeded(tools))) return null;
  say('looking', `looking for ${part.title}`);
  try {
    const found = (await locate(part, tools)) ?? (await fetchPart(part, tools, say));
    say('ready', describe(part, found));
    return found;
  } catch (error) {
    say('failed', error instanceof Error ? error.message : String(error));
    if (part.isOptional) return null;
    throw error;
  }
}

async function fetchPart<F extends string>(
  part: Part<F>,
  tools: Tools,
  say: (phase: PartEvent['phase'], message: string, share?: number) => void,
): Promise<Located<F>> {
  if (tools.platform !== FETCHED_FOR) throw missing(part, [`nothing is fetched for ${tools.platform}`]);
  const failures: string[] = [];
  for (const source of part.sources) {
    try {
      await installOnce(
        join(cacheRoot(tools.env), part.folder),
        async (directory) => {
          await source.install(directory, tools, (phase, message, share) =>
            say(phase, `${source.name}: ${message}`, share),
          );
          await writeFile(
            join(directory, LABEL),
            `${JSON.stringify({ version: source.version, source: source.name })}\n`,
          );
        },
        () => say('fetching', 'another process is fetching it; waiting'),
      );
      const found = await inCache(part, tools);
      if (found) return found;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failures.push(`${source.name}: ${why}`);
      say('fetching', `${source.name} did not do: ${why.split('\n')[0]}`);
    }
  }
  throw missing(part, failures);
}

const missing = (part: Part, failures: readonly string[]): DriftloopError =>
  new DriftloopError(
    'DL_PART_MISSING',
    `${part.title} was not found, and could not be fetched (${failures.join('; ')}).`,
    { fix: part.fix, retryable: true },
  );

const describe = (part: Part, found: Located): string =>
  found.where === 'environment'
    ? `${part.title} at ${withoutPassword(found.address)}`
    : `${part.title} ${found.version} (${{ path: 'on PATH', cache: 'cached', package: 'npm package' }[found.where]})`;
