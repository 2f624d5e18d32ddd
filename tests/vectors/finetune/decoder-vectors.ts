import type { VectorModel } from './vector-model.ts';

export type Matrix = number[][];

/** What `expected.json` of a decoder has. */
export type DecoderExpected = {
  input_ids: Matrix;
  attention_mask: Matrix;
  last_hidden_state: number[][][];
  logits: number[][][];
  left_padded: {
    input_ids: Matrix;
    attention_mask: Matrix;
    position_ids: Matrix;
    logits_last_position: Matrix;
  };
  debug_seq0: { hidden_states_per_layer: number[][][] };
  sequence_classification: { head: string; logits_right_padded: Matrix; logits_left_padded: Matrix };
  greedy: { max_new_tokens: number; cases: GreedyCase[] };
  lm_loss: { labels: Matrix; per_token_loss_shifted: Matrix; mean_loss: number; n_tokens: number };
  bf16?: HalfCase;
  f16?: HalfCase;
};
export type GreedyCase = {
  prompt: string;
  prompt_ids: number[];
  new_ids: number[];
  new_text: string;
  margins: number[];
};
type HalfCase = { file: string; logits_last_position: Matrix };

export const KNOWN_KEYS = [
  'texts',
  'input_ids',
  'attention_mask',
  'padding_side',
  'last_hidden_state',
  'logits',
  'note',
  'left_padded',
  'debug_seq0',
  'sequence_classification',
  'greedy',
  'lm_loss',
  'bf16',
  'f16',
  'max_abs_diff_f32_f64',
];

const families = ['gpt2', 'llama'] as const;

/** Which decoder a folder has; null where it has none. */
export function familyOf(model: VectorModel): (typeof families)[number] | null {
  const { model_type: type } = model.json('config.json') as { model_type: string };
  return families.find((family) => family === type) ?? null;
}
