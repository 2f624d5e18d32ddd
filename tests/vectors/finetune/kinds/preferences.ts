import path from 'node:path';
import type { Rank } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { loraParameters, trainLora, withLora } from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import { dpo } from '../../../../training/losses/dpo.ts';
import { sequenceLogProbabilities } from '../../../../training/losses/next-token.ts';
import type { DecoderConfig } from '../../../../training/models/config.ts';
import { nextTokenLogits } from '../../../../training/models/heads.ts';
import { textStates } from '../../../../training/models/network.ts';
import { lossAndGradients } from '../../../../training/models/parameters.ts';
import type { Weights } from '../../../../training/models/weights.ts';
import { tokenRows } from '../token-rows.ts';
import { expectKnownKeys, expectNumbers, lengthOf } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { withAdapter } from '../with-adapter.ts';

type Expected = {
  policy: string;
  beta: number;
  prompt_len: number;
  chosen_ids: number[];
  rejected_ids: number[];
  policy_chosen_logps: number;
  policy_rejected_logps: number;
  ref_chosen_logps: number;
  ref_rejected_logps: number;
  loss: number;
  grad_norms: Record<string, number>;
};

const FILE = 'dpo_lora.json';
const KNOWN = [
  'policy',
  'reference',
  'beta',
  'prompt',
  'chosen',
  'rejected',
  'prompt_len',
  'chosen_ids',
  'rejected_ids',
  'logprob_rule',
  'policy_chosen_logps',
  'policy_rejected_logps',
  'ref_chosen_logps',
  'ref_rejected_logps',
  'loss',
  'grad_norms',
];
const IGNORED = -100;

/** DPO of an adapter beside the base that it began as. */
export const preferences: VectorKind = {
  covers: (file) => file === FILE,
  cases: (model) =>
    model.files.includes(FILE)
      ? [{ title: 'a preferred answer: probabilities, loss, gradients', run: (tf) => pairAgrees(tf, model) }]
      : [],
};

async function pairAgrees(tf: Tf, model: VectorModel): Promise<void> {
  const expected = model.json(FILE) as Expected;
  expectKnownKeys(expected, KNOWN, FILE);
  const adapterName = /lora\/(\w+)$/.exec(expected.policy)![1]!;
  const folder = path.join(model.folder, 'lora', adapterName);
  await withAdapter(tf, model, folder, ({ config, weights, parameters }, adapter) => {
    const text = config as DecoderConfig;
    const both = (from: Weights) => ({
      chosen: logProbability(tf, text, from, expected.chosen_ids, expected.prompt_len),
      rejected: logProbability(tf, text, from, expected.rejected_ids, expected.prompt_len),
    });
    const policy = withLora(tf, weights, adapter);
    const said = (pair: ReturnType<typeof both>) => [
      pair.chosen.dataSync()[0]!,
      pair.rejected.dataSync()[0]!,
    ];
    const logs = tf.tidy(() => [...said(both(policy)), ...said(both(weights))]);
    const theirs = [
      expected.policy_chosen_logps,
      expected.policy_rejected_logps,
      expected.ref_chosen_logps,
      expected.ref_rejected_logps,
    ];
    expectNumbers(logs, theirs, { rel: 1e-5 }, 'log-probabilities');

    trainLora(adapter, parameters);
    const trained = loraParameters(adapter, parameters);
    const reference = tf.tidy(() => both(weights));
    const { loss, gradients } = lossAndGradients(tf, trained, () =>
      dpo(tf, both(policy), reference, { beta: expected.beta }),
    );
    // The loss is of a difference of sums over many tokens: their rounding is a larger share of it.
    expectNumbers(loss.dataSync(), [expected.loss], { rel: 1e-4 }, 'loss');
    expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.grad_norms).sort());
    for (const [name, gradient] of gradients)
      expectNumbers(
        [lengthOf(gradient.dataSync())],
        [expected.grad_norms[name]!],
        { rel: 1e-4 },
        `norm of the gradient of ${name}`,
      );
    tf.dispose([loss, ...gradients.values(), reference.chosen, reference.rejected]);
  });
}

/** Of what comes after the prompt. */
function logProbability(
  tf: Tf,
  config: DecoderConfig,
  weights: Weights,
  ids: number[],
  promptLength: number,
) {
  const tokens = tokenRows([ids], [ids.map(() => 1)]);
  const last = textStates(tf, config, weights, tokens).at(-1)!;
  const logits = nextTokenLogits(config, weights, last);
  const labels = tf.tensor2d([ids.map((id, at) => (at < promptLength ? IGNORED : id))], undefined, 'int32');
  return sequenceLogProbabilities(
    tf,
    tf.reshape<Rank.R3>(logits, [1, tokens.length, config.vocabulary]),
    labels,
  );
}
