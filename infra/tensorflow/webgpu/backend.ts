import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tf } from '../../../training/backend.ts';
import { findDawn, loadDawn } from './dawn.ts';
import { openDevice } from './device.ts';
import type { GpuDevice } from './device.ts';
import { tellOfFailures } from './failures.ts';
import { returnFreeBuffers } from './free-buffers.ts';
import type { Buffers } from './free-buffers.ts';
import { submitInLots } from './submit-pace.ts';
import type { Submitter } from './submit-pace.ts';

type BackendModule = { WebGPUBackend: typeof WebGPUBackend };

/** Why WebGPU cannot be had, for a person to read. */
export class NoWebGpu extends Error {}

/**
 * Puts tfjs on a GPU by WebGPU.
 *
 * @param software whether a processor that plays GPU will do
 * @throws {NoWebGpu}
 */
export async function useWebGpu(tf: Tf, { software }: { software: boolean }): Promise<GpuDevice> {
  const dawn = findDawn();
  if (!dawn) throw new NoWebGpu('WebGPU is not installed');
  // Before there is a GPU to be seen: it would take that by itself, with the least that a browser allows.
  const { WebGPUBackend: Backend } = await importBackend();
  const found = await openDevice(loadDawn(dawn)).catch((error: unknown) => {
    throw new NoWebGpu(error instanceof Error ? error.message : String(error), { cause: error });
  });
  if (!found)
    throw new NoWebGpu('no driver shows a GPU to WebGPU (on Linux: libvulkan1 and a Vulkan driver)');
  if (found.isSoftware && !software) throw new NoWebGpu(`the only GPU is software (${found.name})`);
  const backend = new Backend(found.device, found.info);
  tellOfFailures(backend, found.device);
  // What it reads and counts is private there.
  returnFreeBuffers(backend.bufferManager as unknown as Buffers);
  submitInLots(tf, backend as unknown as Submitter);
  tf.registerBackend('webgpu', () => backend);
  await tf.setBackend('webgpu');
  return found;
}

/** CommonJS, whose names Node does not always see. */
async function importBackend(): Promise<BackendModule> {
  const module = (await import('@tensorflow/tfjs-backend-webgpu')) as BackendModule & {
    default?: BackendModule;
  };
  return module.default ?? module;
}
