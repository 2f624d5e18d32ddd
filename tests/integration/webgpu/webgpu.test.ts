import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { softwareGpu } from '../../support/software-gpu.ts';

const run = promisify(execFile);
const gpu = softwareGpu();

/** Runs a file on a GPU in software, and reads its last line. */
async function onGpu(file: string, ...args: string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', path, ...args], { env: gpu! });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

describe.skipIf(gpu === null)('WebGPU, on a GPU in software', () => {
  test('our own programs compute what JavaScript computes, to the digits of float32', async () => {
    const { distances, dropout } = (await onGpu('compare-child.ts')) as {
      distances: Record<string, number>;
      dropout: { isSame: boolean; isOther: boolean; zeros: number };
    };
    expect(Object.keys(distances).length).toBeGreaterThan(15);
    for (const [name, distance] of Object.entries(distances)) expect(distance, name).toBeLessThan(1e-5);
    expect(dropout).toMatchObject({ isSame: true, isOther: true });
    expect(dropout.zeros).toBeGreaterThan(0.07);
    expect(dropout.zeros).toBeLessThan(0.13);
  });

  test('a Llama learns in 4 bits, and a BERT as a whole, as in JavaScript', async () => {
    const farthest = (await onGpu('learn-child.ts')) as Record<string, number>;
    expect(Object.keys(farthest)).toEqual(['bert full', 'llama qlora']);
    for (const [name, distance] of Object.entries(farthest)) expect(distance, name).toBeLessThan(1e-5);
  });

  test('what goes wrong on the GPU is an error for whoever reads a value next', async () => {
    expect(await onGpu('failure-child.ts')).toMatchObject({
      message: expect.stringMatching(/^The GPU failed: .*parsing WGSL/s) as string,
    });
  });
});
