import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DriftloopError } from '../../domain/errors.ts';
import type { Part, Source, Tools } from '../local/part.ts';
import { downloadWheels, findPython, unpackWheels } from '../local/python.ts';
import {
  bindingFile,
  NAPI_LEVEL,
  nativeFolder,
  packageDirectory,
  TENSORFLOW_VERSION,
  type Flavour,
} from './native.ts';
import { hasNvidiaDriver } from './nvidia.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A C++ compiler, or an error that says what is missing. */
async function findCompiler(tools: Tools): Promise<string> {
  for (const name of ['g++', 'clang++', 'c++']) {
    const compiler = await tools.findOnPath(name, tools.env);
    if (compiler) return compiler;
  }
  throw new DriftloopError('DL_TOOL_MISSING', 'There is no C++ compiler (g++) on PATH.', {
    fix: 'Install g++.',
  });
}

/**
 * TensorFlow's C library from its own Python release, and tfjs-node's binding compiled against it.
 *
 * The library that tfjs-node 4.22 would download (2.9.1) knows no GPU since 2022 and has no published
 * checksum; the wheels are TensorFlow's current release, and pinned. The binding's source is in the npm
 * package; it takes some seconds to compile.
 */
const fromWheel = (flavour: Flavour): Source => ({
  name: "TensorFlow's wheel",
  version: TENSORFLOW_VERSION,
  async install(directory, tools, progress) {
    const [python, compiler] = [await findPython(tools), await findCompiler(tools)];
    const home = packageDirectory(flavour);
    if (!home)
      throw new DriftloopError('DL_TOOL_MISSING', 'tfjs-node is not installed.', { fix: 'Run npm ci.' });
    const deps = join(directory, 'deps');
    const wheels = await mkdtemp(join(directory, 'wheels-'));
    progress('fetching', flavour === 'cpu' ? '220 MB' : '600 MB');
    await downloadWheels(tools, here(`requirements-${flavour}.txt`), wheels);
    progress('building', 'unpacking the library');
    for (const wheel of await readdir(wheels)) {
      await tools.runTool({ command: python, args: [here('unpack-wheel.py'), join(wheels, wheel), deps] });
    }
    await rm(wheels, { recursive: true });
    await symlink('libtensorflow_cc.so.2', join(deps, 'lib/libtensorflow.so'));
    await symlink('libtensorflow_framework.so.2', join(deps, 'lib/libtensorflow_framework.so'));
    if (flavour === 'gpu') {
      progress('fetching', "CUDA's libraries, 1.8 GB");
      // The library's own search path leads to deps/nvidia, which is where these packages lie.
      await unpackWheels(tools, here('requirements-cuda.txt'), deps);
    }
    progress('building', 'compiling the binding');
    await compile(tools, compiler, home, directory);
    await rm(join(deps, 'include'), { recursive: true });
    await tryLoading(tools, directory);
  },
});

async function compile(tools: Tools, compiler: string, home: string, directory: string): Promise<void> {
  const nodeApi = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  const output = join(directory, bindingFile);
  await mkdir(dirname(output), { recursive: true });
  await tools.runTool({
    command: compiler,
    args: [
      '-std=c++17',
      '-O2',
      '-fPIC',
      '-shared',
      `-DNAPI_VERSION=${NAPI_LEVEL}`,
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      ...[join(nodeApi, 'include'), join(directory, 'deps/include'), home].map((folder) => `-I${folder}`),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(home, 'binding', file)),
      `-L${join(directory, 'deps/lib')}`,
      '-ltensorflow',
      '-ltensorflow_framework',
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      '-o',
      output,
    ],
  });
}

/** What does not load must not get into the cache: a wrong libc shows here, not in the first training. */
async function tryLoading(tools: Tools, directory: string): Promise<void> {
  const binding = join(directory, bindingFile);
  const load = `process.dlopen({ exports: {} }, ${JSON.stringify(binding)})`;
  await tools.runTool({ command: process.execPath, args: ['-e', load], cwd: tmpdir() });
}

const native = (flavour: Flavour, title: string): Part<'directory'> => ({
  name: flavour === 'cpu' ? 'tensorflow' : 'tensorflow-gpu',
  title,
  isOptional: true,
  findInstalled: async () => null,
  folder: nativeFolder(flavour),
  files: { directory: '.' },
  sources: [fromWheel(flavour)],
  fix: 'Install python3 with pip, and g++. Until then TensorFlow runs in plain JavaScript: slower, equal results.',
});

/** TensorFlow on the processor. */
export const tensorflow = native('cpu', 'TensorFlow');

/** TensorFlow with CUDA; only where there is a driver of NVIDIA. */
export const tensorflowGpu: Part<'directory'> = {
  ...native('gpu', 'TensorFlow with CUDA'),
  isNeeded: async (tools) => hasNvidiaDriver() || (await tools.findOnPath('nvidia-smi', tools.env)) !== null,
};
