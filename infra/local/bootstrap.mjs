/**
 * What has to be there before the first line of TypeScript: the npm packages, the TypeScript loader, and
 * TensorFlow's library where npm's packages look for it. Plain JavaScript on built-in modules.
 *
 * Everything is said on stderr, so that stdout stays clean for `--json`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exclusively } from './exclusive.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const LEAST_NODE = [20, 10];
const PROGRESS_EVERY_MS = 2000;

/**
 * Make this process able to run Driftloop: install the npm packages if they are not those of the lock file,
 * register the TypeScript loader, link TensorFlow's cached library into node_modules.
 *
 * Quick where nothing is to be done (a hash, and a few links looked at). Two starts at once install once.
 *
 * @param {string} [root] the checkout
 */
export async function ensureDependencies(root = resolve(here, '../..')) {
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
  const { register } = await import('tsx/esm/api');
  register();
  const { linkNative } = await import('../tensorflow/native.ts');
  linkNative();
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

async function install(root) {
  const wanted = Object.keys(
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages,
  ).length;
  const began = Date.now();
  tell(`installing ${wanted} npm packages`);
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    tell(`installing npm packages: ${countPackages(root)} of about ${wanted}, ${seconds} s`);
  }, PROGRESS_EVERY_MS);
  try {
    await runNpm(root);
  } finally {
    clearInterval(progress);
  }
  writeFileSync(stampFile(root), lockHash(root));
  tell(`npm packages installed in ${Math.round((Date.now() - began) / 1000)} s`);
}

/** Folders of node_modules that hold a package, scopes looked into; npm itself says nothing while it works. */
function countPackages(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 0;
  const names = readdirSync(modules);
  const scopes = names.filter((name) => name.startsWith('@'));
  return scopes.reduce(
    (sum, scope) => sum + readdirSync(join(modules, scope)).length,
    names.length - scopes.length,
  );
}

/** npm under the keeper (see keeper.mjs): it ends when we do, however we end. */
function runNpm(root) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const keeper = spawn(process.execPath, [join(here, 'keeper.mjs')], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  const lines = [];
  const done = new Promise((settle, reject) => {
    const fail = (why) =>
      reject(
        new Error(
          `npm ci ${why}\n${lines.slice(-12).join('\n')}\n  fix: run \`npm ci --ignore-scripts\` by hand to see more.`,
        ),
      );
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
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const request = { op: 'start', id: 1, command: npm, args, cwd: root, env: process.env };
  keeper.stdin.write(
    `${JSON.stringify({ ...request, lines: true, stopSignal: 'SIGTERM', graceMs: 2000 })}\n`,
  );
  return done.finally(() => keeper.stdin.end());
}
