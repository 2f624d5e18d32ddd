import { join } from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { Source, Tools } from './part.ts';

/** Programs are static, and equal whoever builds them. */
const goEnvironment = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -trimpath' };

const findGo = async (tools: Tools): Promise<string> => {
  const go = await tools.findOnPath('go', tools.env);
  if (go) return go;
  throw new DriftloopError('DL_TOOL_MISSING', 'Go is not on PATH.', { fix: 'Install Go 1.25 or newer.' });
};

/**
 * Build a program with Go from a committed `go.mod` and `go.sum`, which pin every module by content.
 *
 * @param module the folder of go.mod
 */
export const goModule = (build: {
  version: string;
  module: string;
  program: string;
  output: string;
  ldflags?: string;
}): Source => ({
  name: 'a Go build',
  version: build.version,
  async install(directory, tools, progress) {
    const go = await findGo(tools);
    const env = { ...goEnvironment, GOFLAGS: `${goEnvironment.GOFLAGS} -mod=readonly` };
    progress('fetching', 'Go modules');
    const packages = await tools.runTool({
      command: go,
      args: ['list', '-deps', build.program],
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
        `-ldflags=-s -w ${build.ldflags ?? ''}`,
        '-o',
        join(directory, build.output),
        build.program,
      ],
      cwd: build.module,
      env,
      // -v prints a package when it is compiled; what Go still has from before is not printed.
      onLine: (name) => progress('building', name, Math.min(0.99, ++built / total)),
    });
  },
});

/** Build a program with `go install name@version`; Go's checksum database vouches for the modules. */
export const goInstall = (install: { version: string; programs: readonly string[]; at: string }): Source => ({
  name: 'a Go build',
  version: install.version,
  async install(directory, tools, progress) {
    const go = await findGo(tools);
    progress('building', 'Go packages; some minutes the first time');
    await tools.runTool({
      command: go,
      args: [
        'install',
        '-v',
        '-ldflags=-s -w',
        ...install.programs.map((program) => `${program}@${install.at}`),
      ],
      env: { ...goEnvironment, GOBIN: directory },
      onLine: (name) => progress('building', name),
    });
  },
});
