import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot, installOnce } from '../../infra/local/cache.ts';
import { findPython } from '../../infra/local/python.ts';
import { realTools } from '../../infra/local/tools.ts';

/** Python packages that Driftloop is measured beside. */
export type PeerPackages = {
  /** Their folder of the cache. */
  name: string;
  /** Raised with the requirements. */
  version: string;
  /** A requirements file. */
  requirements: string;
  /** What is fetched, for people. */
  says: string;
};

/**
 * The command of a Python that has some packages, which are fetched with pip into the cache at the first time.
 *
 * @throws {DriftloopError} `DL_TOOL_MISSING` where there is no Python with pip
 */
export async function pythonWith(
  { name, version, requirements, says }: PeerPackages,
  say: (message: string) => void,
): Promise<string[]> {
  const folder = path.join(cacheRoot(), name, version);
  const tools = realTools();
  const python = await findPython(tools);
  if (!existsSync(folder)) {
    say(`fetching ${says} into the cache`);
    const options = ['--quiet', '--no-compile', '--root-user-action=ignore', '--disable-pip-version-check'];
    await installOnce(folder, async (fresh) => {
      await tools.runTool({
        command: python,
        args: ['-m', 'pip', 'install', ...options, `--target=${fresh}`, '-r', requirements],
      });
    });
  }
  return ['env', `PYTHONPATH=${folder}`, python];
}
