import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { weightsOf, writeBase } from '../gpu/networks.ts';
import type { NetworkJson } from '../gpu/networks.ts';
import { headOf, methods } from '../gpu/tuned.ts';
import type { Method } from '../gpu/tuned.ts';
import type { MemoryAnswer, MemoryQuestion } from './memory-arm.ts';

/** A Llama of just over 100 million weights, nearly all of them in its layers, as in a decoder of some size. */
const decoder: NetworkJson = {
  model_type: 'llama',
  vocab_size: 8_000,
  hidden_size: 768,
  num_hidden_layers: 13,
  num_attention_heads: 12,
  num_key_value_heads: 4,
  intermediate_size: 2560,
  max_position_embeddings: 1024,
  tie_word_embeddings: true,
};
const KIND = 'llama';
/** Short texts: what is measured is what a base costs, not what long texts do. */
const QUESTION = { kind: KIND, vocabulary: decoder.vocab_size, batch: 1, length: 64, steps: 3 };

/** The most memory that a process holds which trains the same decoder by each method. */
export async function measureMemory(): Promise<{
  weights: number;
  peakMemoryMb: Record<Method, number>;
  memory: Record<Method, MemoryAnswer>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-memory-'));
  try {
    await writeBase(folder, decoder, 7);
    const memory = {} as Record<Method, MemoryAnswer>;
    for (const method of methods) memory[method] = await ask({ ...QUESTION, method, folder });
    return {
      weights: weightsOf(decoder, headOf(KIND)),
      peakMemoryMb: { full: memory.full.peakMb, lora: memory.lora.peakMb, qlora: memory.qlora.peakMb },
      memory,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ask(question: MemoryQuestion): Promise<MemoryAnswer> {
  const child = fork(fileURLToPath(new URL('memory-arm.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  child.send(question);
  const answer = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  const [said] = answer as [MemoryAnswer | number | null];
  if (said === null || typeof said === 'number')
    throw new Error(`The process that trains by ${question.method} has ended without an answer`);
  return said;
}
