import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import type { Part, Source } from '../../local/part.ts';
import { hasGpuNode } from '../gpu-nodes.ts';
import { hasNvidiaDriver } from '../nvidia.ts';
import { DAWN_FILE, DAWN_VERSION, dawnFolder, findDawn, platformFolder } from './dawn.ts';

/** Of the package's tarball, as npm's registry says it for this release. */
const INTEGRITY =
  'sha512-3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==';

/**
 * Dawn out of npm's `webgpu`: 51 MB to fetch for the binaries of five platforms, of which this one's 21 MB are kept. As
 * a dependency it would be 132 MB on every machine, GPU or not.
 */
const fromNpm: Source = {
  name: "npm's webgpu",
  version: DAWN_VERSION,
  async install(directory, tools, progress) {
    const npm = await tools.findOnPath('npm', tools.env);
    if (!npm) throw new DriftloopError('DL_TOOL_MISSING', 'npm is not on PATH.', { fix: 'Install npm.' });
    const scratch = await mkdtemp(join(tmpdir(), 'driftloop-webgpu-'));
    try {
      progress('fetching', '51 MB');
      const args = ['pack', `webgpu@${DAWN_VERSION}`, '--pack-destination', scratch, '--silent'];
      await tools.runTool({ command: npm, args, cwd: scratch });
      const archive = join(scratch, readdirSync(scratch)[0]!);
      const hash = `sha512-${createHash('sha512')
        .update(await readFile(archive))
        .digest('base64')}`;
      if (hash !== INTEGRITY)
        throw new DriftloopError(
          'DL_CHECKSUM_MISMATCH',
          `webgpu ${DAWN_VERSION} has the checksum ${hash}, expected ${INTEGRITY}.`,
          { fix: 'Something between here and the registry changes packages. Do not use it.' },
        );
      const binaries = `package/dist/${platformFolder()}`;
      const unpack = ['-xzf', archive, '-C', scratch, '--no-same-owner', binaries, 'package/LICENSE.md'];
      await tools.runTool({ command: 'tar', args: unpack });
      await cp(join(scratch, binaries), directory, { recursive: true });
      await cp(join(scratch, 'package/LICENSE.md'), join(directory, 'LICENSE.md'));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

/** WebGPU, for GPUs without CUDA. */
export const webgpu: Part<'dawn'> = {
  name: 'webgpu',
  title: 'WebGPU (Dawn)',
  isOptional: true,
  isNeeded: async (tools) =>
    tools.env['DRIFTLOOP_BACKEND'] === 'webgpu' ||
    (!hasNvidiaDriver() && (tools.platform !== 'linux-x64' || hasGpuNode())),
  findInstalled: async (tools) => {
    const found = findDawn(tools.env);
    return found?.where === 'package'
      ? { where: 'package', version: found.version, files: { dawn: found.file } }
      : null;
  },
  folder: dawnFolder,
  files: { dawn: DAWN_FILE },
  sources: [fromNpm],
  fix: 'Run `npm install webgpu` beside Driftloop. Until then texts are trained on the processor.',
};
