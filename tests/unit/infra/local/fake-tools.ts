import type { Tools } from '../../../../infra/local/part.ts';

/** A machine that has only these programs, which say this when asked for their version. */
export const fakeTools = (
  programs: Readonly<Record<string, string>> = {},
  overrides: Partial<Tools> = {},
): Tools => ({
  env: {},
  platform: 'linux-x64',
  findOnPath: async (name) => (name in programs ? `/bin/${name}` : null),
  askVersion: async (command) => programs[command.replace('/bin/', '')] ?? null,
  runTool: () => Promise.reject(new Error('this test runs no tool')),
  download: () => Promise.reject(new Error('this test downloads nothing')),
  ...overrides,
});
