import { z } from 'zod';
import { readBertConfig } from './bert-config.ts';
import type { BertConfig } from './bert-config.ts';
import { CONVNET, readConvnetConfig } from './convnet-config.ts';
import type { ConvnetConfig } from './convnet-config.ts';
import { readGpt2Config } from './gpt2-config.ts';
import type { Gpt2Config } from './gpt2-config.ts';
import { readLlamaConfig } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';
import { invalidBase, unsupportedBase } from './unfit-base.ts';
import { readVitConfig } from './vit-config.ts';
import type { VitConfig } from './vit-config.ts';

/** What a network is, out of its `config.json`: only what a forward pass needs, with one name for each thing. */
export type ModelConfig = TextConfig | ImageConfig;
export type TextConfig = BertConfig | DecoderConfig;
export type DecoderConfig = Gpt2Config | LlamaConfig;
export type ImageConfig = VitConfig | ConvnetConfig;

export const isImageConfig = (config: ModelConfig): config is ImageConfig =>
  config.kind === 'vit' || config.kind === 'convnet';

const readers: Readonly<Record<string, (json: unknown) => ModelConfig>> = {
  bert: readBertConfig,
  gpt2: readGpt2Config,
  llama: readLlamaConfig,
  vit: readVitConfig,
  [CONVNET]: readConvnetConfig,
};

const anyConfig = z.object({ model_type: z.string() });

/**
 * Reads a `config.json` of Hugging Face transformers, with the keys of release 4 or of release 5. What would change the
 * numbers and is not computed here is refused, never ignored.
 *
 * @throws {DriftloopError} `DL_BASE_UNSUPPORTED`, `DL_BASE_INVALID`
 */
export function readModelConfig(json: unknown): ModelConfig {
  const any = anyConfig.safeParse(json);
  if (!any.success) throw invalidBase('config.json says no model_type');
  const type = any.data.model_type;
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!read)
    throw unsupportedBase(
      `the architecture "${type}"`,
      `Take a base of one of ${Object.keys(readers).join(', ')}`,
    );
  const config = read(json);
  if (config.kind !== 'llama' && config.kind !== 'convnet' && config.hidden % config.heads !== 0)
    throw invalidBase(`config.json: ${config.hidden} hidden units cannot be shared by ${config.heads} heads`);
  return config;
}
