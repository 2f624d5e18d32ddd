import { z } from 'zod';
import { unfitAdapter } from './lora-settings.ts';
import type { LoraSettings } from './lora-settings.ts';

const names = z.array(z.string());
const pattern = z
  .record(z.string(), z.number().positive())
  .nullish()
  .transform((given) => given ?? {});

const schema = z.object({
  peft_type: z.literal('LORA'),
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).max(1).default(0),
  use_rslora: z.boolean().default(false),
  target_modules: z.union([names, z.string()]).nullish(),
  modules_to_save: names.nullish().transform((modules) => modules ?? []),
  rank_pattern: pattern,
  alpha_pattern: pattern,
  bias: z.string().default('none'),
});

/** Fields that make another network of it; each has to be off. What only says how it began does not matter any more. */
const OFF = [
  'use_dora',
  'use_qalora',
  'use_bdlora',
  'lora_bias',
  'layer_replication',
  'target_parameters',
  'trainable_token_indices',
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'monteclora_config',
  'velora_config',
  'megatron_config',
];

/**
 * Reads PEFT's `adapter_config.json`.
 *
 * @throws {DriftloopError} `DL_ADAPTER_UNFIT` where it is no plain LoRA
 */
export function readPeftConfig(json: unknown): LoraSettings {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw unfitAdapter(`adapter_config.json: ${problems.join('; ')}`);
  }
  const c = parsed.data;
  const given = json as Record<string, unknown>;
  const on = OFF.find(
    (field) => given[field] !== undefined && given[field] !== null && given[field] !== false,
  );
  if (on) throw unfitAdapter(`adapter_config.json asks for ${on}`);
  if (c.bias !== 'none') throw unfitAdapter(`it trained biases ("${c.bias}")`);
  return {
    rank: c.r,
    alpha: c.lora_alpha,
    rankStabilised: c.use_rslora,
    dropout: c.lora_dropout,
    // A single string is an expression for whole names; which modules it meant, the tensors say.
    targets: Array.isArray(c.target_modules) ? c.target_modules : 'all-linear',
    keptWhole: c.modules_to_save,
    rankOf: c.rank_pattern,
    alphaOf: c.alpha_pattern,
  };
}

/** What PEFT is told of the base: its name on the Hub, or the folder that it was in. */
export const peftBase = (lineage: Readonly<Record<string, string>>, folder: string): string =>
  /^hf:([^@]+)/.exec(lineage['base'] ?? '')?.[1] ?? folder;

/** What a task is called in PEFT. */
export type PeftTask = 'SEQ_CLS' | 'CAUSAL_LM' | null;

/** An `adapter_config.json` that PEFT reads. */
export const writePeftConfig = (
  { rank, alpha, rankStabilised, dropout, targets, keptWhole, rankOf, alphaOf }: LoraSettings,
  { base, task, fanInFanOut }: { base: string; task: PeftTask; fanInFanOut: boolean },
): Record<string, unknown> => ({
  alpha_pattern: alphaOf ?? {},
  base_model_name_or_path: base,
  bias: 'none',
  fan_in_fan_out: fanInFanOut,
  inference_mode: true,
  init_lora_weights: true,
  lora_alpha: alpha,
  lora_dropout: dropout,
  modules_to_save: keptWhole.length > 0 ? keptWhole : null,
  peft_type: 'LORA',
  r: rank,
  rank_pattern: rankOf ?? {},
  target_modules: targets === 'all-linear' ? 'all-linear' : targets,
  task_type: task,
  use_rslora: rankStabilised,
});
