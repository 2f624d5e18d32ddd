import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../local/cache.ts';

/** Which TensorFlow: on the processor, or with CUDA. */
export type Flavour = 'cpu' | 'gpu';

/** The TensorFlow release whose C library is used, and the N-API level that the binding is compiled for. */
export const TENSORFLOW_VERSION = '2.18.1';
export const NAPI_LEVEL = 8;

export type NativeTensorflow = {
  flavour: Flavour;
  /** The npm package to import. */
  packageName: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';
  /** Where its library and its compiled binding are kept: the cache. */
  directory: string;
  version: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const packageNames = { cpu: '@tensorflow/tfjs-node', gpu: '@tensorflow/tfjs-node-gpu' } as const;

/** Its folder inside the cache: what the compiled binding depends on; a change of any is another folder. */
export const nativeFolder = (flavour: Flavour): string =>
  `tensorflow/${flavour}-${TENSORFLOW_VERSION}-napi${NAPI_LEVEL}`;

/** The compiled binding, inside that folder, where tfjs-node looks for it. */
export const bindingFile = `lib/napi-v${NAPI_LEVEL}/tfjs_binding.node`;

/** The folder of an installed npm package of TensorFlow, or null. */
export function packageDirectory(flavour: Flavour): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageNames[flavour]}/package.json`));
  } catch {
    return null;
  }
}

/** TensorFlow's native library, where it has been installed into the cache; null where it has not. */
export function nativeInCache(flavour: Flavour, env: Environment = process.env): NativeTensorflow | null {
  const directory = join(cacheRoot(env), nativeFolder(flavour));
  if (!existsSync(directory)) return null;
  return { flavour, packageName: packageNames[flavour], directory, version: TENSORFLOW_VERSION };
}

/**
 * Link the cached native library into node_modules, where tfjs-node looks for it.
 *
 * `npm ci` wipes node_modules and with it these links, so every start calls this; it costs a few
 * `lstat` calls. A package that brought its own library (its install script ran) is left alone.
 *
 * @returns what can be loaded now: importing `packageName` of each works
 */
export function linkNative(env: Environment = process.env): NativeTensorflow[] {
  const linked: NativeTensorflow[] = [];
  for (const flavour of ['cpu', 'gpu'] as const) {
    const native = nativeInCache(flavour, env);
    const home = packageDirectory(flavour);
    if (!native || !home) continue;
    linkInto(home, native.directory);
    linked.push(native);
  }
  return linked;
}

/** Link one cached library into one package's folder. */
export function linkInto(home: string, directory: string): void {
  for (const name of ['deps', 'lib']) link(join(directory, name), join(home, name));
}

/** Make `path` a link to `target`. By rename, so that a process that is just loading never finds nothing. */
function link(target: string, path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !there.isSymbolicLink()) return;
  if (there && readlinkSync(path) === target) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, path);
}
