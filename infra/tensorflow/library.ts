import process from 'node:process';
import type { Tf } from '../../training/backend.ts';
import { linkNative } from './native.ts';
import type { Flavour } from './native.ts';
import { shimNodeUtil } from './node-shims.ts';
import { messageOf, quiet } from './tensorflow-module.ts';
import type { TfModule } from './tensorflow-module.ts';

/** TensorFlow's native library, or why it does not load. */
export type Library = { tf: Tf; version: string; onGpu: boolean } | { problem: string };

/** What this process has loaded. */
export const libraries: Partial<Record<Flavour, Promise<Library>>> = {};

/** Loads it once per process. */
export const loadLibrary = (flavour: Flavour): Promise<Library> => (libraries[flavour] ??= load(flavour));

async function load(flavour: Flavour): Promise<Library> {
  // Before the library is loaded: it logs every device and instruction set that it finds.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  shimNodeUtil();
  const natives = linkNative();
  const packageName = flavour === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  try {
    const tf = quiet((await import(packageName)) as TfModule);
    await tf.ready();
    const { isUsingGpuDevice: onGpu } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    const version = natives.find((native) => native.flavour === flavour)?.version ?? tf.version_core;
    return { tf, version, onGpu };
  } catch (error) {
    return { problem: `${packageName} does not load (${messageOf(error).slice(0, 160)})` };
  }
}
