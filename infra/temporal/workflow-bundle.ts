import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import { cacheRoot, installOnce } from '../local/cache.ts';

/** What workflow code may import: a change in any of these is another bundle. */
const rooms = ['workflows', 'domain', 'statistics', 'monitors'];
/** Bundles of earlier states of the code that are kept. */
const KEPT = 4;

const here = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(here), '../..');
const BUNDLE = 'bundle.js';

/** What the bundle of a worker is made with. */
export type BundleOptions = {
  logger?: Logger;
  /** With what carries traces through workflows; left out where they are off. */
  traced?: boolean;
};

/**
 * The code that workflow workers run: bundled once (seconds of webpack), then read from Driftloop's cache, where it is
 * kept under the hash of everything that it was made of.
 *
 * @returns the code, for `workflowBundle`
 */
export async function workflowBundle({ traced = false, ...options }: BundleOptions = {}): Promise<{
  code: string;
}> {
  const folder = path.join(cacheRoot(), 'workflow-bundles');
  const place = path.join(folder, await hashOfSources(traced));
  await installOnce(place, async (fresh) => {
    const fileOf = (name: string) => path.join(root, 'workflows', `${name}${path.extname(here)}`);
    const workflowsPath = fileOf('index');
    const workflowInterceptorModules = traced ? [fileOf('trace-interceptors')] : [];
    const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, ...options });
    await writeFile(path.join(fresh, BUNDLE), code);
    await forgetOld(folder);
  });
  return { code: await readFile(path.join(place, BUNDLE), 'utf8') };
}

async function hashOfSources(traced: boolean): Promise<string> {
  const hash = createHash('sha256').update(traced ? 'traced' : '');
  const require = createRequire(import.meta.url);
  for (const name of ['@temporalio/worker', '@temporalio/workflow']) {
    hash.update((require(`${name}/package.json`) as { version: string }).version);
  }
  // Paths stand in the bundle's source map.
  hash.update(root);
  for (const room of rooms) {
    const names = await readdir(path.join(root, room), { recursive: true });
    for (const name of names.filter((n) => /\.[jt]s$/.test(n)).sort()) {
      hash.update(`\0${room}/${name}\0`).update(await readFile(path.join(root, room, name)));
    }
  }
  return hash.digest('hex').slice(0, 24);
}

/** The oldest go; who has read one does not need the file any more. */
async function forgetOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(path.join(folder, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(({ name }) => rm(path.join(folder, name), { recursive: true, force: true })));
}
