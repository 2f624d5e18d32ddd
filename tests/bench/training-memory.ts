/** What a process holds at most that fine-tunes a decoder by each method: a part of the bench `training`, alone. */
import process from 'node:process';
import type { BenchResults } from './result.ts';
import { measureMemory } from './training/memory.ts';

export async function run(): Promise<BenchResults> {
  return { results: await measureMemory((message) => void process.stderr.write(`${message}\n`)) };
}
