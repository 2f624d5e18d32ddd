import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { lastTokens } from '../text/token-batch.ts';
import type { TokenBatch } from '../text/token-batch.ts';
import { bertPooled, poolerPart } from './bert.ts';
import type { DecoderConfig, ModelConfig, TextConfig } from './config.ts';
import { dropout } from './dropout.ts';
import type { Chance } from './dropout.ts';
import { wordTable } from './network.ts';
import { join } from './parts.ts';
import type { LinearPart, Parts } from './parts.ts';
import { takeRows } from './rows.ts';
import { unsupportedBase } from './unfit-base.ts';
import type { VitConfig } from './vit-config.ts';
import { vitNorm } from './vit.ts';
import type { Weights } from './weights.ts';

/** What a network answers with: a score for each class, or for each token that may come next. */
export type Head = { kind: 'classes'; classes: number } | { kind: 'next-token' };

/**
 * The parameters of a head, named as transformers names them in `…ForSequenceClassification` and `…CausalLM`.
 *
 * @throws {DriftloopError} `DL_BASE_UNSUPPORTED` where an encoder shall write text
 */
export function headParts(config: ModelConfig, head: Head): Parts {
  const matrix = (module: string, outputs: number, bias: boolean): Parts => {
    const { hidden: inputs, spread } = config;
    const part: LinearPart = { module, inputs, outputs, bias, layout: 'out-in', spread };
    return { linears: [part], free: [] };
  };
  switch (config.kind) {
    case 'bert':
    case 'vit':
    case 'convnet': {
      if (head.kind === 'next-token')
        throw unsupportedBase('no decoder that could write text', 'Take a GPT-2 or a Llama');
      const classifier = matrix('classifier', head.classes, true);
      return config.kind === 'bert' ? join(poolerPart(config), classifier) : classifier;
    }
    case 'gpt2':
    case 'llama':
      if (head.kind === 'classes') return matrix('score', head.classes, false);
      return config.tied ? { linears: [], free: [] } : matrix('lm_head', config.vocabulary, false);
    default:
      return config satisfies never;
  }
}

/**
 * Of each text, [batch, classes]: an encoder's from its pooled first token, a decoder's from its last token that is no
 * padding.
 *
 * @param last the last states, [batch·length, hidden]
 */
export function classLogits(
  tf: Tf,
  config: TextConfig,
  weights: Weights,
  last: Tensor2D,
  tokens: TokenBatch,
  chance?: Chance,
): Tensor2D {
  if (config.kind !== 'bert') return weights.linear('score')(takeRows(tf, last, lastTokens(tokens)));
  const pooled = bertPooled(tf, weights, last, tokens);
  return weights.linear('classifier')(dropout(tf, pooled, config.dropout.classifier, chance));
}

/** Of each image, [batch, classes]: from its first token after the final norm. */
export function imageLogits(
  tf: Tf,
  config: VitConfig,
  weights: Weights,
  last: Tensor2D,
  batch: number,
): Tensor2D {
  const length = last.shape[0] / batch;
  const first = Int32Array.from({ length: batch }, (_, row) => row * length);
  const rows = takeRows(tf, last, first);
  return weights.linear('classifier')(vitNorm(tf, config, weights, rows));
}

/**
 * Of the token that comes next, [rows, vocabulary], for states [rows, hidden]: only those that are asked for, because a
 * vocabulary is large.
 */
export function nextTokenLogits(config: DecoderConfig, weights: Weights, rows: Tensor2D): Tensor2D {
  if (!config.tied) return weights.linear('lm_head')(rows);
  return weights.table(`${wordTable(config)}.weight`).scores(rows);
}
