import type { Scalar } from '@tensorflow/tfjs';
import type { Tf } from '../../../training/backend.ts';
import { holdWhole, holdWithAdapter } from '../../../training/fine-tuning/held-network.ts';
import { tuneStep } from '../../../training/fine-tuning/tune-step.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import type { DecoderConfig, TextConfig } from '../../../training/models/config.ts';
import { classLogits, nextTokenLogits } from '../../../training/models/heads.ts';
import type { Head } from '../../../training/models/heads.ts';
import { loadNetwork } from '../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../training/models/model-folder.ts';
import { textStates } from '../../../training/models/network.ts';
import { takeRows } from '../../../training/models/rows.ts';
import type { Weights } from '../../../training/models/weights.ts';
import { adamw } from '../../../training/optimization/adamw.ts';
import { createOptimizer } from '../../../training/optimization/optimizer.ts';
import { parametersOf } from '../../../training/optimization/parameter-groups.ts';
import { disposeNetwork, loadQuantised } from '../../../training/quantisation/quantised-network.ts';
import { nextTokens } from '../../../training/text/next-tokens.ts';
import type { TokenBatch } from '../../../training/text/token-batch.ts';

export const methods = ['full', 'lora', 'qlora'] as const;
export type Method = (typeof methods)[number];

/** A network that is trained on the same batch step after step. */
export type Tuned = {
  trainable: number;
  /** One step; its loss belongs to the caller. */
  step(): Scalar;
  /** Frees it all. */
  dispose(): void;
};

const CLASSES = 3;
export const RANK = 8;
const lora = {
  rank: RANK,
  alpha: 2 * RANK,
  dropout: 0,
  rankStabilised: false,
  targets: 'all-linear',
  keptWhole: [],
} as const;

export const headOf = (kind: string): Head =>
  kind === 'bert' ? { kind: 'classes', classes: CLASSES } : { kind: 'next-token' };

type Opening = { folder: string; kind: string; method: Method; tokens: TokenBatch };

/** Opens a base folder for a method, and says what its loss over a batch is. */
export async function openTuned(tf: Tf, { folder, kind, method, tokens }: Opening) {
  const head = headOf(kind);
  const network = await (method === 'qlora' ? loadQuantised : loadNetwork)(tf, folder, head, { seed: 1 });
  const held =
    method === 'full'
      ? holdWhole(tf, network, () => true)
      : holdWithAdapter(tf, network, head, { lora, seed: 1 });
  const part = { weight: 1, loss: () => lossOf(tf, network, held.weights(), tokens) };
  return { network, held, parameters: parametersOf(held.trained), part };
}

/** Opens a base folder to take step after step by hand. */
export async function tuned(tf: Tf, opening: Opening): Promise<Tuned> {
  const { network, held, parameters, part } = await openTuned(tf, opening);
  const variables = parameters.map(({ variable }) => variable);
  const optimizer = createOptimizer(tf, adamw(), parameters);
  return {
    trainable: variables.reduce((sum, { size }) => sum + size, 0),
    step: () =>
      tuneStep(tf, {
        variables,
        optimizer,
        partsOf: () => [part],
        penalty: undefined,
        rate: RATE,
        maxNorm: 1,
        atMost: opening.tokens.batch,
      }).loss,
    dispose() {
      optimizer.dispose();
      held.dispose();
      disposeNetwork(tf, network);
    },
  };
}

const RATE = 1e-3;

function lossOf(tf: Tf, { config }: LoadedNetwork, weights: Weights, tokens: TokenBatch): Scalar {
  const last = textStates(tf, config as TextConfig, weights, tokens).at(-1)!;
  if (config.kind === 'bert') {
    const truth = Int32Array.from({ length: tokens.batch }, (_, row) => row % CLASSES);
    return crossEntropy(tf, classLogits(tf, config, weights, last, tokens), tf.tensor1d(truth, 'int32'));
  }
  const next = nextTokens({ ...tokens, labels: tokens.ids });
  const rows = takeRows(tf, last, next.positions);
  const logits = nextTokenLogits(config as DecoderConfig, weights, rows);
  return crossEntropy(tf, logits, tf.tensor1d(next.tokens, 'int32'));
}
