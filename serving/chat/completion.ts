import type { Written } from '../../domain/writing.ts';

/** What an answer is called, and who gives it: the id is that of the prediction, which feedback names. */
export type Begun = { predictionId: string; model: string; version: string; atMs: number };

const head = ({ predictionId, model, version, atMs }: Begun) => ({
  id: predictionId,
  created: Math.floor(atMs / 1_000),
  model,
  // Of what answers the same to the same seed.
  system_fingerprint: version,
});

export const usageOf = ({ tokens: { read, written } }: Written) => ({
  prompt_tokens: read,
  completion_tokens: written,
  total_tokens: read + written,
});

/** A whole answer, as OpenAI shapes it. */
export const completionOf = (begun: Begun, written: Written) => ({
  ...head(begun),
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: written.text, refusal: null },
      logprobs: null,
      finish_reason: written.ended,
    },
  ],
  usage: usageOf(written),
});

type Delta = { role?: 'assistant'; content?: string };

/** A piece of an answer. `ended` stands in the last one. */
export const chunkOf = (begun: Begun, delta: Delta, ended: Written['ended'] | null = null) => ({
  ...head(begun),
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: ended }],
});

/** What comes after the last piece for who asks for it. */
export const usageChunkOf = (begun: Begun, written: Written) => ({
  ...head(begun),
  object: 'chat.completion.chunk',
  choices: [],
  usage: usageOf(written),
});
