/**
 * What has to be there before the first line of TypeScript: the npm packages, our sources compiled, and TensorFlow's
 * library where npm's packages look for it. Plain JavaScript on built-in modules.
 *
 * Everything is said on stderr, so that stdout stays clean for `--json`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { exclusively } from './exclusive.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const LEAST_NODE = [20, 10];
const PROGRESS_EVERY_MS = 5000;
/** How much of npm's complaint is repeated. */
const SAID_LINES = 12;

const ownRoot = resolve(here, '../..');
const isCheckout = (root) => existsSync(join(root, 'cli/main.ts'));

/**
 * Make this process able to run Driftloop: install the npm packages if they are not those of the lock file, compile
 * sources that have changed, link TensorFlow's cached library into node_modules.
 *
 * Quick where nothing is to be done (a hash, and some files and links looked at). Two starts at once install once.
 *
 * @param {string} [root] the checkout
 */
export async function ensureDependencies(root = ownRoot) {
  refuseOldNode();
  if (!isInstalled(root)) {
    await exclusively(
      `npm:${root}`,
      async () => {
        if (!isInstalled(root)) await install(root);
      },
      () => tell('another start is installing the npm packages; waiting'),
    );
  }
  const { linkNative } = await load('infra/tensorflow/native', root);
  linkNative();
}

/**
 * Imports a module of ours, named by its path from the root and without an extension. In a checkout that is its
 * compiled twin, or, where that cannot be written, the source through tsx; what npm installs is compiled already.
 */
export async function load(file, root = ownRoot) {
  if (!isCheckout(root)) return await importFile(join(root, `${file}.js`));
  const { ensureCompiled } = await import('../package/ensure-compiled.mjs');
  // One state of the sources for everything that a process loads, looked for once.
  if (!compiledOf.has(root)) compiledOf.set(root, ensureCompiled(root));
  const compiled = await compiledOf.get(root);
  if (compiled !== null) return await importFile(join(compiled, `${file}.js`));
  await readTypeScript(root);
  return await importFile(join(root, `${file}.ts`));
}

/** root → where its compiled sources are */
const compiledOf = new Map();

const importFile = (file) => import(pathToFileURL(file).href);

/** From now on this process reads TypeScript as it is written: for scripts that are no part of the package. */
export async function readTypeScript(root = ownRoot) {
  const { register } = await import('tsx/esm/api');
  // Ours, wherever a command is typed: without it, pages would be compiled as another library's.
  register({ tsconfig: join(root, 'tsconfig.json') });
}

const tell = (message) => process.stderr.write(`driftloop: ${message}\n`);

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  tell(`Node ${process.versions.node} is too old; ${LEAST_NODE.join('.')} or newer is needed.`);
  process.exit(1);
}

const stampFile = (root) => join(root, 'node_modules/.driftloop-lock-hash');
const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

/** Do the packages in node_modules belong to the lock file? */
export function isInstalled(root) {
  // As somebody's dependency there is no lock file of ours: their npm has installed everything.
  if (!existsSync(join(root, 'package-lock.json'))) return true;
  const hash = lockHash(root);
  const stamp = stampFile(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  if (!isInstalledByHand(root)) return false;
  writeFileSync(stamp, hash);
  return true;
}

/** A person's own `npm ci` counts: npm notes what it has installed, at the very end. */
function isInstalledByHand(root) {
  const note = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const isSpared = ({ optional, dev }) => optional || (dev && process.env.NODE_ENV === 'production');
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || isSpared(entry) || installed[path]?.version === entry.version,
  );
}

/** Installing anew empties the folder first: never one that another checkout has lent. */
function refuseBorrowed(folder) {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Error(
    `${folder} is a link to ${readlinkSync(folder)}, whose packages are not those of this lock file. ` +
      'Remove the link and start again, or run npm ci where it leads.',
  );
}

async function install(root) {
  refuseBorrowed(join(root, 'node_modules'));
  const wanted = packagesForThisMachine(root);
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  tell(`installing ${wanted.length} npm packages`);
  const progress = setInterval(() => {
    // npm says nothing while it works, but a package that is unpacked has a manifest.
    const there = wanted.filter((path) => existsSync(join(root, path, 'package.json'))).length;
    tell(`installing npm packages: ${there} of ${wanted.length}, ${seconds()} s`);
  }, PROGRESS_EVERY_MS);
  try {
    await installFromLock(root);
  } finally {
    clearInterval(progress);
  }
  writeFileSync(stampFile(root), lockHash(root));
  tell(`npm packages installed in ${seconds()} s`);
}

/** Where the lock file's packages go; those for other systems are left out. */
function packagesForThisMachine(root) {
  const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const fits = (list, own) => !list || list.includes(own);
  return Object.entries(packages)
    .filter(([path, { os, cpu }]) => path && fits(os, process.platform) && fits(cpu, process.arch))
    .map(([path]) => path);
}

/**
 * `npm ci`. Where it refuses because the lock file lacks packages for other platforms (a registry that did
 * not have them when the lock was written: npm then leaves them out, and later misses them), `npm install`
 * brings the same versions, checked against the same hashes, without changing the lock file.
 */
async function installFromLock(root) {
  try {
    await runNpm(root, 'ci');
  } catch (error) {
    if (!error.message.includes('from lock file')) throw error;
    tell('npm ci misses packages of other platforms in the lock file; installing with npm install');
    await runNpm(root, 'install', '--no-save');
  }
}

/** npm under the keeper (see keeper.mjs): it ends when we do, however we end. */
function runNpm(root, ...command) {
  const keeper = spawn(process.execPath, [join(here, 'keeper.mjs')], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  const lines = [];
  const name = `npm ${command.join(' ')} --ignore-scripts`;
  const done = new Promise((settle, reject) => {
    const fail = (why) => {
      const said = lines.filter((line) => line.startsWith('npm error')).slice(0, SAID_LINES);
      reject(new Error(`${name} ${why}\n${said.join('\n')}\n  fix: run it by hand to see more.`));
    };
    keeper.once('exit', () => fail('was stopped'));
    createInterface({ input: keeper.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.event === 'line') lines.push(event.text);
      else if (event.event === 'failed') fail(`could not be started: ${event.message}`);
      if (event.event !== 'exit') return;
      if (event.code === 0) settle();
      else fail(`ended with exit code ${event.code}`);
    });
  });
  const args = [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const request = { op: 'start', id: 1, command: 'npm', args, cwd: root, env: process.env };
  keeper.stdin.write(`${JSON.stringify({ ...request, lines: true, stopSignal: 'SIGTERM', graceMs: 200 })}\n`);
  return done.finally(() => keeper.stdin.end());
}
