/**
 * The sources of a checkout are compiled once for each state of them: every process of Driftloop loads some hundred
 * files, and to read them through tsx takes a second of a processor more than to read JavaScript
 * (docs/decisions/package.md). Here is where that code lies. Plain JavaScript, because it runs before TypeScript can be read.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders whose TypeScript is compiled. */
const rooms =
  'domain, statistics, monitors, training, workflows, activities, serving, console, client, infra, cli'.split(
    ', ',
  );

/** Every file of the rooms, and the door, as paths from the root. */
export function filesOfRooms(root) {
  const inside = (room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      // Node 20.10 knows `path`, and what came after it `parentPath`.
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
  return ['index.ts', ...rooms.flatMap(inside)];
}

export const isSource = (file) => /(?<!\.d)\.[cm]?tsx?$/.test(file);

export const compiledName = (file) => file.replace(/\.tsx?$/, '.js');

/** Where everything that is compiled lies; npm empties it with the rest, and git passes it over. */
export const compiledHome = (root) => join(root, 'node_modules/.driftloop');

/** Where the code of these very sources lies, or would lie. Some 50 ms. */
export function compiledFolder(root) {
  const hash = createHash('sha256').update(root);
  // A script is no TypeScript, but the compiler is one.
  const files = filesOfRooms(root).filter((file) => isSource(file) || file.endsWith('.mjs'));
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return join(compiledHome(root), `compiled-${hash.digest('hex').slice(0, 16)}`);
}

/** @type {string | null | undefined} sources may change under a process, but it has loaded those of before */
let found;

/**
 * The compiled file of one of our sources.
 *
 * @param {string} file as a path from the root: `infra/tensorflow/trainer-child.ts`
 * @returns {string | null} null where nobody has compiled these sources
 */
export function compiledTwin(file) {
  if (found === undefined) {
    const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
    // What npm installs has no sources.
    const folder = existsSync(join(root, 'index.ts')) ? compiledFolder(root) : null;
    found = folder !== null && existsSync(folder) ? folder : null;
  }
  return found && join(found, compiledName(file));
}
