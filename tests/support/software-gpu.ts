import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { provision } from '../../infra/local/provision.ts';
import { realTools } from '../../infra/local/tools.ts';
import { findDawn } from '../../infra/tensorflow/webgpu/dawn.ts';
import { webgpu } from '../../infra/tensorflow/webgpu/part.ts';
import { chromiumFolder } from './chromium.ts';

/** Where Chromium keeps SwiftShader, a processor that plays GPU, and a loader for Vulkan: in the cache, or installed. */
const places = [chromiumFolder, '/usr/lib/chromium'];

/**
 * The environment of a process that finds a GPU in software, for right numbers and not for speed; null where there is
 * none. The loader has to be found when a process begins, so it is for a child.
 */
export function softwareGpu(): NodeJS.ProcessEnv | null {
  const place = places.find((folder) =>
    ['vk_swiftshader_icd.json', 'libvulkan.so.1'].every((file) => existsSync(path.join(folder, file))),
  );
  if (place === undefined || findDawn() === null) return null;
  return {
    ...process.env,
    DRIFTLOOP_BACKEND: 'webgpu',
    VK_DRIVER_FILES: path.join(place, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: place,
  };
}

/** Fetches WebGPU for a machine that may have no GPU. Where that cannot be, the tests that need it are skipped. */
export async function provisionWebGpu(report: (message: string) => void): Promise<void> {
  const { isNeeded: _, ...always } = webgpu;
  await provision(always, realTools(), ({ phase, message }) => {
    if (phase !== 'looking') report(message);
  });
}
