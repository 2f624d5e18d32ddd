import { DriftloopError } from '../../domain/errors.ts';
import type { Tools } from './part.ts';

/**
 * Wheels are chosen for one fixed platform and Python version, not for the pip that happens to be here:
 * Driftloop wants the files inside them, and never runs them with this Python.
 */
const forThePinnedWheels = [
  '--only-binary=:all:',
  '--implementation=cp',
  '--python-version=3.11',
  ...['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux1'].map(
    (platform) => `--platform=${platform}_x86_64`,
  ),
];

const quiet = [
  '--no-deps',
  '--require-hashes',
  '--disable-pip-version-check',
  '--no-input',
  '--progress-bar=off',
];

/** A Python with pip, or an error that says what is missing. */
export async function findPython(tools: Tools): Promise<string> {
  for (const name of ['python3', 'python']) {
    const python = await tools.findOnPath(name, tools.env);
    if (python && (await tools.askVersion(python, ['-m', 'pip', '--version']))) return python;
  }
  throw new DriftloopError('DL_TOOL_MISSING', 'There is no Python 3 with pip on PATH.', {
    fix: 'Install python3 and python3-pip.',
  });
}

/** Fetch the wheels of a requirements file, pinned by hash, into a folder. */
export async function downloadWheels(tools: Tools, requirements: string, into: string): Promise<void> {
  await tools.runTool({
    command: await findPython(tools),
    args: ['-m', 'pip', 'download', ...quiet, ...forThePinnedWheels, `--dest=${into}`, '-r', requirements],
  });
}

/** Unpack the wheels of a requirements file, pinned by hash, into a folder. */
export async function unpackWheels(tools: Tools, requirements: string, into: string): Promise<void> {
  const unpack = ['install', '--no-compile', '--root-user-action=ignore', `--target=${into}`];
  await tools.runTool({
    command: await findPython(tools),
    args: ['-m', 'pip', ...unpack, ...quiet, ...forThePinnedWheels, '-r', requirements],
  });
}
