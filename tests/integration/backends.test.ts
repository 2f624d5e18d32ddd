import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

const child = fileURLToPath(new URL('webgpu/choose-child.ts', import.meta.url));

/** What a process says that is told to compute on a backend: its name, or the error. */
const choosing = (backend: string, env: NodeJS.ProcessEnv = {}): Promise<Record<string, string>> =>
  new Promise((resolve, reject) => {
    const all = { ...process.env, ...env, DRIFTLOOP_BACKEND: backend };
    execFile(process.execPath, ['--import', 'tsx', child], { env: all }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, string>);
    });
  });

test('the backend that is named computes', async () => {
  expect(await choosing('javascript')).toEqual({ name: 'javascript' });
});

test('a name that is none is refused with those that there are', async () => {
  const { code, message, fix } = await choosing('cuda');
  expect(code).toBe('DL_BACKEND_MISSING');
  expect(message).toContain('"cuda"');
  expect(fix).toContain('tensorflow-gpu, webgpu, tensorflow-cpu, javascript');
});

test('one that cannot be had is refused with why, not replaced by another', async () => {
  const { code, message } = await choosing('webgpu', { DRIFTLOOP_CACHE: tempFolder() });
  expect(code).toBe('DL_BACKEND_MISSING');
  expect(message).toMatch(/asks for webgpu, which cannot be had here: WebGPU is not installed/);
});
