import type { Variable } from '@tensorflow/tfjs';
import type { Parameter } from './parameter.ts';

export type GroupOptions = Readonly<{
  /**
   * `matrices`: biases and the weights of norms do not decay, as in Hugging Face's Trainer; `all`: everything decays, as
   * in PyTorch where nothing is said.
   */
  decay?: 'matrices' | 'all';
  /**
   * Each layer learns this much slower than the one above it, 0 to 1: what is near the input is general already.
   * J. Howard and S. Ruder, "Universal language model fine-tuning for text classification" (2018).
   */
  layerRate?: number;
  /** What is not trained, by name. */
  isFrozen?: (name: string) => boolean;
}>;

/** What of a model is trained, and how. `variables` are by their name in the model. */
export function parametersOf(
  variables: Iterable<readonly [string, Variable]>,
  { decay = 'matrices', layerRate = 1, isFrozen = () => false }: GroupOptions = {},
): Parameter[] {
  const all = [...variables];
  const top = topOf(all.map(([name]) => name));
  return all
    .filter(([name]) => !isFrozen(name))
    .map(([name, variable]) => ({
      name,
      variable,
      rateScale: layerRate ** (top - Math.min(top, depthOf(name))),
      decays: decay === 'all' || !(isBias(name) || isNorm(name)),
    }));
}

/** Freezes the embeddings and so many of the lowest layers: what is left to train, and to keep gradients of, is less. */
export const belowLayer =
  (layers: number) =>
  (name: string): boolean =>
    depthOf(name) <= layers;

/** 0 for embeddings, 1 for the lowest layer and so on; Infinity for what is above all layers: norm, pooler, head. */
function depthOf(name: string): number {
  const layer = /(?:^|\.)(?:h|layers?|blocks?)\.(\d+)\./.exec(name);
  if (layer) return 1 + Number(layer[1]);
  return /(?:^|\.)(?:embeddings?|embed_tokens|wte|wpe)(?:\.|$)/.test(name) ? 0 : Infinity;
}

const topOf = (names: readonly string[]): number =>
  1 + names.map(depthOf).reduce((top, depth) => (depth < Infinity ? Math.max(top, depth) : top), 0);

/** By their names in BERT, GPT-2, Llama and ViT, and in layers of tfjs (`beta` and `gamma`). */
const isBias = (name: string): boolean => /(?:^|[._/])(?:bias|beta)$/.test(name);
const isNorm = (name: string): boolean =>
  /(?:^|[._])(?:ln_\w+|(?:layer|rms)?_?norm(?:_\w+)?)\.weight$/i.test(name) || /(?:^|\/)gamma$/.test(name);
