import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { cacheRoot } from './cache.ts';
import { exclusively } from './exclusive.mjs';
import type { Source, Tools } from './part.ts';

/** Package lists are fetched again after this long: a package of an old list may be gone. */
const LISTS_FRESH_MS = 60 * 60 * 1000;

/**
 * Debian or Ubuntu packages, unpacked and not installed: no root, no service started, the system unchanged.
 *
 * apt checks the packages against its signed lists. The lists are fetched into Driftloop's cache, because
 * those of the system may be stale, and only root may renew them.
 */
export const debianPackages = (packages: {
  version: string;
  names: readonly string[];
  /** Also whatever of their dependencies this machine lacks. */
  withDependencies?: boolean;
}): Source => ({
  name: 'Debian packages',
  version: packages.version,
  async install(directory, tools, progress) {
    for (const tool of ['apt-get', 'dpkg-deb']) {
      if (!(await tools.findOnPath(tool, tools.env))) {
        throw new DriftloopError('DL_TOOL_MISSING', `${tool} is not on PATH.`, {
          fix: 'Only on Debian and its kin.',
        });
      }
    }
    progress('fetching', 'package lists');
    const options = await freshLists(tools);
    progress('fetching', packages.names[0]!);
    const archives = join(directory, 'archives');
    await mkdir(archives);
    await tools.runTool({
      command: 'apt-get',
      args: packages.withDependencies
        ? [...options, ...onlyFetchingTo(archives), 'install', ...packages.names]
        : [...options, 'download', ...packages.names],
      cwd: archives,
    });
    for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      await tools.runTool({ command: 'dpkg-deb', args: ['-x', join(archives, archive), directory] });
    }
    await rm(archives, { recursive: true });
    await keepLinksInside(directory);
  },
});

const onlyFetchingTo = (archives: string): string[] => [
  '--yes',
  '--download-only',
  '--no-install-recommends',
  `-oDir::Cache::Archives=${archives}`,
  // Nothing is installed, so nobody else's installation is in the way.
  '-oDebug::NoLocking=true',
];

async function freshLists(tools: Tools): Promise<string[]> {
  const home = join(cacheRoot(tools.env), 'apt');
  const stamp = join(home, 'updated');
  const options = [
    `Dir::State::Lists=${home}/lists`,
    `Dir::Cache=${home}/archives`,
    // The lists are ours: apt must not try to hand them to its own user.
    'APT::Sandbox::User=root',
    'Acquire::http::Timeout=8',
    'Acquire::https::Timeout=8',
    'Acquire::Retries=1',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  await exclusively(home, async () => {
    if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_FRESH_MS) return;
    await mkdir(join(home, 'lists/partial'), { recursive: true });
    await mkdir(join(home, 'archives/archives/partial'), { recursive: true });
    // A third-party source that does not answer fails the update, not the lists that did come.
    await tools.runTool({ command: 'apt-get', args: [...options, 'update'] }).catch(() => undefined);
    await writeFile(stamp, '');
  });
  return options;
}

/** An absolute link of a package means the system's root; here the root is the folder. */
async function keepLinksInside(root: string): Promise<void> {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!lstatSync(path).isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/') || !existsSync(join(root, target))) continue;
    await rm(path);
    await symlink(relative(dirname(path), join(root, target)), path);
  }
}
