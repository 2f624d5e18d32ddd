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

type Decoder = { kind: string; json: NetworkJson; methods: readonly Method[] };

const llama = {
  model_type: 'llama',
  num_key_value_heads: 4,
  max_position_embeddings: 1024,
  tie_word_embeddings: true,
};

/**
 * A Llama of just over 100 million weights, nearly all of them in its layers, as in a decoder of some size; GPT-2, of whose
 * weights a third are its vocabulary; and a Llama of 300 million, beside which Node and TensorFlow weigh less.
 */
const decoders = {
  llama100m: {
    kind: 'llama',
    json: {
      ...llama,
      vocab_size: 8_000,
      hidden_size: 768,
      num_hidden_layers: 13,
      num_attention_heads: 12,
      intermediate_size: 2560,
    },
    methods,
  },
  gpt2: {
    kind: 'gpt2',
    json: { model_type: 'gpt2', vocab_size: 50_257, n_positions: 1024, n_embd: 768, n_layer: 12, n_head: 12 },
    methods: ['lora', 'qlora'],
  },
  llama300m: {
    kind: 'llama',
    json: {
      ...llama,
      vocab_size: 32_000,
      hidden_size: 1024,
      num_hidden_layers: 24,
      num_attention_heads: 16,
      intermediate_size: 2816,
    },
    methods: ['lora', 'qlora'],
  },
} as const satisfies Record<string, Decoder>;

/** Short texts: what is measured is what a base costs, not what long texts do. */
const TEXTS = { batch: 1, length: 64, steps: 12 };

export type DecoderMemory = {
  weights: number;
  methods: Partial<Record<Method, MemoryAnswer>>;
  /** QLoRA's of LoRA's: what is frozen, and the peak of the process. */
  qloraOfLora: { base: number; peak: number };
};

/** The most memory that a process holds which fine-tunes the same decoder by each method. */
export async function measureMemory(
  say: (message: string) => void,
): Promise<{ peakMemoryMb: Record<Method, number>; memory: Record<string, DecoderMemory> }> {
  const memory: Record<string, DecoderMemory> = {};
  for (const [name, decoder] of Object.entries(decoders)) {
    memory[name] = await measureDecoder(decoder);
    say(`${name}: ${JSON.stringify(memory[name])}`);
  }
  const { full, lora, qlora } = memory['llama100m']!.methods;
  return {
    peakMemoryMb: { full: full!.peakMb, lora: lora!.peakMb, qlora: qlora!.peakMb },
    memory,
  };
}

async function measureDecoder({ kind, json, methods: by }: Decoder): Promise<DecoderMemory> {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-memory-'));
  try {
    await writeBase(folder, json, 7);
    const of: Partial<Record<Method, MemoryAnswer>> = {};
    for (const method of by)
      of[method] = await ask({ ...TEXTS, kind, vocabulary: json.vocab_size, method, folder });
    const { lora, qlora } = of;
    const share = (part: number, whole: number) => Number((part / whole).toPrecision(3));
    return {
      weights: weightsOf(json, headOf(kind)),
      methods: of,
      qloraOfLora: {
        base: share(qlora!.baseBytes, lora!.baseBytes),
        peak: share(qlora!.peakMb, lora!.peakMb),
      },
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
  const exit = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${String(code)}`));
  const said = await Promise.race([once(child, 'message'), exit]);
  if (typeof said === 'string')
    throw new Error(`The process that trains by ${question.method} has ended by ${said} without an answer`);
  return (said as [MemoryAnswer])[0];
}
