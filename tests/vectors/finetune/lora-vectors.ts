import { RUN_KEYS } from './recorded-run.ts';
import type { RecordedRun } from './recorded-run.ts';
import { expectKnownKeys } from './vector-model.ts';
import type { VectorModel } from './vector-model.ts';

export type LoraCase = {
  logits_with_adapter: number[][];
  logits_merged: number[][];
  n_trainable: number;
  train: RecordedRun;
  loss_initial: number;
  loss_after_1_step: number;
  loss_after_5_steps: number;
  grad_norms_step0_by_param: Record<string, number>;
};

export type LoraVectors = {
  optimizer: {
    lr: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
    max_grad_norm: number;
  };
  cases: Record<string, LoraCase>;
} & Record<string, unknown>;

const CASE_KEYS = [
  'logits_with_adapter',
  'logits_max_abs_diff_f32_f64',
  'n_trainable',
  'logits_merged',
  'merged_vs_unmerged_max_abs_diff',
  'train',
  'loss_initial',
  'loss_after_1_step',
  'loss_after_5_steps',
  'grad_norms_step0_by_param',
];

const FILE = 'lora/expected.json';

export function readLoraVectors(model: VectorModel): LoraVectors {
  const vectors = model.json(FILE) as LoraVectors;
  for (const [name, one] of Object.entries(vectors.cases)) {
    expectKnownKeys(one, CASE_KEYS, `lora ${name}`);
    expectKnownKeys(one.train, RUN_KEYS, `lora ${name} train`);
  }
  return vectors;
}

/** Names of the adapters of a model; none where it has none. */
export const loraCases = (model: VectorModel): string[] =>
  model.files.includes(FILE) ? Object.keys((model.json(FILE) as LoraVectors).cases) : [];
