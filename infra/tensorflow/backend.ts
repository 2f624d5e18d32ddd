import type { Backend, Tf } from '../../training/backend.ts';
import { linkNative } from './native.ts';
import type { NativeTensorflow } from './native.ts';
import { shimNodeUtil } from './node-shims.ts';
import { hasNvidiaDriver } from './nvidia.ts';

export type LoadedBackend = Backend & {
  /** Why it is not a better one, for a person to read; null where nothing better is to be had. */
  note: string | null;
};

type TfModule = Tf & { default?: Tf };

/**
 * Loads the best TensorFlow of this machine, once per process: CUDA where there is a driver of NVIDIA and the binding,
 * then the native library, and plain JavaScript last, which `note` says aloud. Loading the native library takes about
 * 1.5 s and 400 MB; TensorFlow can only be got rid of with its process.
 */
export const loadBackend = (): Promise<LoadedBackend> => (loaded ??= load());
let loaded: Promise<LoadedBackend> | undefined;

async function load(): Promise<LoadedBackend> {
  // Before the library is loaded: it logs every device and instruction set that it finds.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  shimNodeUtil();
  const natives = linkNative();
  const problems: string[] = [];
  if (hasNvidiaDriver()) {
    const gpu = await tryNative(natives, 'gpu', problems);
    if (gpu) return gpu;
  }
  const cpu = await tryNative(natives, 'cpu', problems);
  if (cpu) return cpu;
  const tf = quiet(await import('@tensorflow/tfjs'));
  await tf.setBackend('cpu');
  await tf.ready();
  return {
    tf,
    name: 'javascript',
    version: tf.version_core,
    note: `TensorFlow runs in plain JavaScript: ${problems.join('; ')}. driftloop doctor says what to install.`,
  };
}

/** Null, and a sentence among the problems, where it is not there or does not load. */
async function tryNative(
  natives: readonly NativeTensorflow[],
  flavour: NativeTensorflow['flavour'],
  problems: string[],
): Promise<LoadedBackend | null> {
  const packageName = flavour === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  try {
    const tf = quiet((await import(packageName)) as TfModule);
    await tf.ready();
    const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    const version = natives.find((native) => native.flavour === flavour)?.version ?? tf.version_core;
    const note = problems.length > 0 ? `TensorFlow runs on the processor: ${problems.join('; ')}.` : null;
    return { tf, name: isUsingGpuDevice ? 'tensorflow-gpu' : 'tensorflow-cpu', version, note };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    problems.push(`${packageName} does not load (${why.trim().slice(0, 160)})`);
    return null;
  }
}

/** The CommonJS module itself, and no banner on stderr. */
function quiet(module: TfModule): Tf {
  const tf = module.default ?? module;
  tf.enableProdMode();
  return tf;
}
