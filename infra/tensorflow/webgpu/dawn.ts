import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { cacheRoot } from '../../local/cache.ts';

/** The release of npm's `webgpu` that is fetched: Dawn, which is Chromium's WebGPU, as a module of Node. */
export const DAWN_VERSION = '0.6.2';
/** Its folder inside the cache. */
export const dawnFolder = `webgpu/${DAWN_VERSION}`;
export const DAWN_FILE = 'dawn.node';

type Environment = Readonly<Record<string, string | undefined>>;

/** Dawn's module, and where it was found. */
export type Dawn = { file: string; where: 'package' | 'cache'; version: string };

/** The npm package beside Driftloop (however it came there), then Driftloop's cache; null where it is in neither. */
export function findDawn(env: Environment = process.env): Dawn | null {
  const cached = join(cacheRoot(env), dawnFolder, DAWN_FILE);
  return inPackage() ?? (existsSync(cached) ? { file: cached, where: 'cache', version: DAWN_VERSION } : null);
}

function inPackage(): Dawn | null {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve('webgpu/package.json');
    const file = join(dirname(manifest), 'dist', platformFolder(), DAWN_FILE);
    const { version } = require(manifest) as { version: string };
    return existsSync(file) ? { file, where: 'package', version } : null;
  } catch {
    return null;
  }
}

/** What the package calls the folder of this platform. */
export const platformFolder = (platform = process.platform, architecture: string = process.arch): string =>
  `${platform}-${platform === 'darwin' ? 'universal' : architecture}`;

type DawnModule = { create(flags: string[]): GPU; globals: Record<string, unknown> };

/** Loads Dawn into this process, and makes the names global that tfjs' backend looks for. */
export function loadDawn({ file }: Dawn): GPU {
  const { create, globals } = createRequire(import.meta.url)(file) as DawnModule;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // Node has a navigator since 21.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return gpu;
}
