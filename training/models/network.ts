import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { TokenBatch } from '../text/token-batch.ts';
import { bertParts, bertStates } from './bert.ts';
import { convnetParts } from './convnet.ts';
import type { ModelConfig, TextConfig } from './config.ts';
import { wholeTexts } from './decoder-input.ts';
import type { Chance } from './dropout.ts';
import { gpt2Parts, gpt2States } from './gpt2.ts';
import { llamaParts, llamaStates } from './llama.ts';
import type { Parts } from './parts.ts';
import { vitParts } from './vit.ts';
import type { Weights } from './weights.ts';

/** What a network is made of, without a head. */
export function trunkParts(config: ModelConfig): Parts {
  switch (config.kind) {
    case 'bert':
      return bertParts(config);
    case 'gpt2':
      return gpt2Parts(config);
    case 'llama':
      return llamaParts(config);
    case 'vit':
      return vitParts(config);
    case 'convnet':
      return convnetParts(config);
    default:
      return config satisfies never;
  }
}

/** The module that holds a row for each word. */
export function wordTable({ kind }: TextConfig): string {
  switch (kind) {
    case 'bert':
      return 'bert.embeddings.word_embeddings';
    case 'gpt2':
      return 'transformer.wte';
    case 'llama':
      return 'model.embed_tokens';
    default:
      return kind satisfies never;
  }
}

/**
 * The states of whole texts, [batch·length, hidden]: after the embeddings and after each layer; those of a decoder's last
 * layer after its final norm. They belong to the open `tidy`.
 *
 * @param chance of this training step; without it nothing is dropped
 */
export function textStates(
  tf: Tf,
  config: TextConfig,
  weights: Weights,
  tokens: TokenBatch,
  chance?: Chance,
): Tensor2D[] {
  switch (config.kind) {
    case 'bert':
      return bertStates(tf, config, weights, tokens, chance);
    case 'gpt2':
      return gpt2States(tf, config, weights, wholeTexts(tf, config, tokens, chance), chance);
    case 'llama':
      return llamaStates(tf, config, weights, wholeTexts(tf, config, tokens, chance));
    default:
      return config satisfies never;
  }
}
