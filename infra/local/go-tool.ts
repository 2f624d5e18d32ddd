import { DriftloopError } from '../../domain/errors.ts';
import type { Source, Tools } from './part.ts';

/**
 * Build programs with Go from a committed `go.mod` and `go.sum`, which pin every module by content. The
 * programs are static, and land in the part's folder under the last word of their path.
 *
 * @param module the folder of go.mod
 * @param versionVariable where the program keeps the version that it tells, which a release build fills in
 */
export const goModule = (build: {
  version: string;
  module: string;
  programs: readonly string[];
  versionVariable: string;
}): Source => ({
  name: 'a Go build',
  version: build.version,
  async install(directory, tools, progress) {
    const go = await findGo(tools);
    const env = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -trimpath -mod=readonly' };
    progress('fetching', 'Go modules');
    const packages = await tools.runTool({
      command: go,
      args: ['list', '-deps', ...build.programs],
      cwd: build.module,
      env,
    });
    const total = packages.split('\n').length;
    let built = 0;
    progress('building', `${total} Go packages; some minutes the first time`);
    await tools.runTool({
      command: go,
      args: [
        'build',
        '-v',
        `-ldflags=-s -w -X ${build.versionVariable}=${build.version}`,
        '-o',
        `${directory}/`,
        ...build.programs,
      ],
      cwd: build.module,
      env,
      // -v prints a package when it is compiled; what Go still has from before is not printed.
      onLine: (name) => progress('building', name, Math.min(0.99, ++built / total)),
    });
  },
});

async function findGo(tools: Tools): Promise<string> {
  const go = await tools.findOnPath('go', tools.env);
  if (go) return go;
  throw new DriftloopError('DL_TOOL_MISSING', 'Go is not on PATH.', { fix: 'Install Go 1.25 or newer.' });
}
