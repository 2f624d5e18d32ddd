/** Sends a program that is none to the GPU, reads what it made, and prints the error. */
import process from 'node:process';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { gpuPrograms } from '../../../training/gpu-programs.ts';

const { tf } = await loadBackend('text');
const broken = { name: 'broken', inputs: [], threads: 'each', body: 'no program' } as const;
const made = gpuPrograms(tf)!.run(broken, [], { shape: [4] });
const message = await made.data().then(
  (values) => `no error, but ${values.join()}`,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
process.stdout.write(`${JSON.stringify({ message })}\n`);
process.exit(0);
