import process from 'node:process';
import { DriftloopError } from '../../domain/errors.ts';
import { backendsFor } from '../../training/backend-table.ts';
import type { TrainedTask } from '../../training/backend-table.ts';
import { backendNames } from '../../training/backend.ts';
import type { Backend, BackendName, Tf } from '../../training/backend.ts';
import { libraries, loadLibrary } from './library.ts';
import { mayHaveGpu } from './gpu-nodes.ts';
import { hasNvidiaDriver } from './nvidia.ts';
import { messageOf, quiet } from './tensorflow-module.ts';
import { useWebGpu } from './webgpu/backend.ts';

export type LoadedBackend = Backend & {
  /** Why it is not a better one, for a person to read; null where nothing better is to be had. */
  note: string | null;
};

/** Names the backend that is to compute; without it the best that loads does. */
const CHOICE = 'DRIFTLOOP_BACKEND';

/**
 * Loads the best TensorFlow of this machine for a task, once per process: CUDA where there is a driver of NVIDIA and the
 * binding, then WebGPU where it shows a GPU, then the native library, and plain JavaScript last, which `note` says
 * aloud. Loading the native library takes about 1.5 s and 400 MB; TensorFlow can only be got rid of with its process.
 *
 * @throws {DriftloopError} `DL_BACKEND_MISSING` where the one that `DRIFTLOOP_BACKEND` names cannot be had,
 *   `DL_BACKEND_UNFIT` where it does not train the task
 */
export async function loadBackend(task: TrainedTask = 'tabular'): Promise<LoadedBackend> {
  const choice = chosen();
  const problems: string[] = [];
  for (const name of choice === null ? backendsFor(task) : [choice]) {
    const found = await loadOnce(name, choice !== null);
    if ('tf' in found) {
      // Another task of this process may have chosen another one.
      await found.tf.setBackend(ENGINES[name]);
      return { tf: found.tf, version: found.version, name, note: noteOf(name, choice, problems) };
    }
    if (found.problem !== null) problems.push(found.problem);
  }
  throw new DriftloopError(
    'DL_BACKEND_MISSING',
    `${CHOICE} asks for ${choice}, which cannot be had here: ${problems.join('; ')}.`,
    { fix: `See \`driftloop doctor\`, or unset ${CHOICE} to take the best that is here.` },
  );
}

function chosen(): BackendName | null {
  const value = process.env[CHOICE];
  if (!value) return null;
  const name = backendNames.find((known) => known === value);
  if (name) return name;
  throw new DriftloopError('DL_BACKEND_MISSING', `${CHOICE} is "${value}", which is no backend.`, {
    fix: `Set it to one of ${backendNames.join(', ')}, or unset it to take the best that is here.`,
  });
}

function noteOf(name: BackendName, choice: BackendName | null, problems: readonly string[]): string | null {
  if (choice !== null || problems.length === 0) return null;
  const why = problems.join('; ');
  return name === 'javascript'
    ? `TensorFlow runs in plain JavaScript: ${why}. driftloop doctor says what to install.`
    : `TensorFlow runs on ${name}: ${why}.`;
}

/** What tfjs calls them. */
const ENGINES: Readonly<Record<BackendName, string>> = {
  'tensorflow-gpu': 'tensorflow',
  webgpu: 'webgpu',
  'tensorflow-cpu': 'tensorflow',
  javascript: 'cpu',
};

/** `problem` is null where a backend is not meant for this machine at all. */
type Found = { tf: Tf; version: string } | { problem: string | null };

const known = new Map<BackendName, Promise<Found>>();

function loadOnce(name: BackendName, isChosen: boolean): Promise<Found> {
  const found = known.get(name) ?? loaders[name](isChosen);
  known.set(name, found);
  return found;
}

const loaders: Readonly<Record<BackendName, (isChosen: boolean) => Promise<Found>>> = {
  'tensorflow-gpu': async (isChosen) => {
    if (!isChosen && !hasNvidiaDriver()) return { problem: null };
    const library = await loadLibrary('gpu');
    return 'tf' in library && !library.onGpu ? { problem: 'TensorFlow finds no GPU for CUDA' } : library;
  },
  webgpu: loadWebGpu,
  'tensorflow-cpu': async () => {
    // That with CUDA computes on the processor too, and two of them do not live in one process.
    const withCuda = await libraries.gpu;
    return withCuda !== undefined && 'tf' in withCuda ? withCuda : await loadLibrary('cpu');
  },
  javascript: async () => {
    const tf = await plainTensorflow();
    await tf.setBackend(ENGINES.javascript);
    return { tf, version: tf.version_core };
  },
};

const plainTensorflow = async (): Promise<Tf> => quiet(await import('@tensorflow/tfjs'));

/** Software that plays GPU is only for whoever asks for it. */
async function loadWebGpu(isChosen: boolean): Promise<Found> {
  if (!isChosen && !mayHaveGpu()) return { problem: null };
  try {
    const tf = await plainTensorflow();
    const { name } = await useWebGpu(tf, { software: isChosen });
    return { tf, version: name };
  } catch (error) {
    return { problem: isChosen ? messageOf(error) : null };
  }
}
