import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../../../../training/backend.ts';
import { attentionShares, headsOf } from '../../../../training/models/attention.ts';
import type { BertConfig } from '../../../../training/models/bert-config.ts';
import { bertPooled } from '../../../../training/models/bert.ts';
import { classLogits } from '../../../../training/models/heads.ts';
import { paddingMask } from '../../../../training/models/masks.ts';
import { textStates } from '../../../../training/models/network.ts';
import { meanCrossEntropy } from '../../../../training/softmax.ts';
import type { TokenBatch } from '../../../../training/text/token-batch.ts';
import { tokenRows } from '../token-rows.ts';
import { tidyNetwork } from '../with-network.ts';
import { expectKnownKeys, expectNumbers, flat, STATES } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';

type Matrix = number[][];
type Expected = {
  input_ids: Matrix;
  attention_mask: Matrix;
  token_type_ids: Matrix;
  last_hidden_state: number[][][];
  pooler_output: Matrix;
  logits: Matrix;
  labels: number[];
  cross_entropy: number;
  debug_seq0: { hidden_states_per_layer: number[][][]; attention_probs_layer0: number[][][] };
  pair: Pick<Expected, 'input_ids' | 'attention_mask' | 'token_type_ids' | 'last_hidden_state' | 'logits'>;
};
type Half = { file: string; note: string; logits: Matrix };

const KNOWN = [
  'arch',
  'texts',
  'input_ids',
  'attention_mask',
  'token_type_ids',
  'last_hidden_state',
  'pooler_output',
  'logits',
  'labels',
  'cross_entropy',
  'debug_seq0',
  'pair',
  'bf16',
  'f16',
  'max_abs_diff_f32_f64',
];

/** Hidden states, pooled output, class scores and their loss of an encoder of text. */
export const encoderStates: VectorKind = {
  covers: (file, model) =>
    isEncoder(model) && /^(config|expected)\.json$|^model(\.\w+)?\.safetensors$/.test(file),
  cases: (model) =>
    isEncoder(model)
      ? [
          { title: 'hidden states, pooled output, logits, loss', run: (tf) => statesAgree(tf, model) },
          { title: 'pairs of texts', run: (tf) => pairsAgree(tf, model) },
          ...halvesOf(model).map((half) => ({
            title: `logits of weights in ${half.file}`,
            run: (tf: Tf) => halfAgrees(tf, model, half),
          })),
        ]
      : [],
};

const isEncoder = (model: VectorModel) =>
  (model.json('config.json') as { model_type: string }).model_type === 'bert';
const expectedOf = (model: VectorModel) => model.json('expected.json') as Expected;
const classesOf = ({ logits }: { logits: Matrix }) =>
  ({ kind: 'classes', classes: logits[0]!.length }) as const;

async function statesAgree(tf: Tf, model: VectorModel): Promise<void> {
  const expected = expectedOf(model);
  expectKnownKeys(expected, KNOWN, 'expected.json');
  expectKnownKeys(expected.debug_seq0, ['hidden_states_per_layer', 'attention_probs_layer0'], 'debug_seq0');
  const tokens = tokenRows(expected.input_ids, expected.attention_mask, expected.token_type_ids);
  await tidyNetwork<BertConfig>(tf, model.folder, classesOf(expected), ({ config, weights }) => {
    const states = textStates(tf, config, weights, tokens);
    const last = states.at(-1)!;
    expectNumbers(last.dataSync(), flat(expected.last_hidden_state), STATES, 'last hidden state');
    const pooled = bertPooled(tf, weights, last, tokens);
    expectNumbers(pooled.dataSync(), flat(expected.pooler_output), STATES, 'pooled output');
    const logits = classLogits(tf, config, weights, last, tokens).dataSync();
    expectNumbers(logits, flat(expected.logits), STATES, 'logits');
    const loss = meanCrossEntropy(logits, expected.labels, expected.logits[0]!.length);
    expectNumbers([loss], [expected.cross_entropy], { rel: 1e-5 }, 'loss');

    const first = expected.debug_seq0;
    for (const [layer, hidden] of first.hidden_states_per_layer.entries()) {
      const ofFirst = states[layer]!.slice([0, 0], [tokens.length, config.hidden]);
      expectNumbers(ofFirst.dataSync(), flat(hidden), STATES, `hidden state ${layer}`);
    }
    const shape = { ...config, ...tokens, kvHeads: config.heads, headDim: config.hidden / config.heads };
    const part = (name: string) => weights.linear(`bert.encoder.layer.0.attention.self.${name}`);
    const heads = headsOf(tf, shape);
    const queries = tf.mul(heads.split(part('query')(states[0]!)), 1 / Math.sqrt(shape.headDim));
    const keys = heads.split(part('key')(states[0]!));
    const shares = attentionShares(tf, queries, keys, paddingMask(tf, tokens), shape);
    expectNumbers(
      shares.slice([0, 0, 0, 0], [1, config.heads, tokens.length, tokens.length]).dataSync(),
      flat(first.attention_probs_layer0),
      STATES,
      'shares of attention',
    );
  });
}

async function pairsAgree(tf: Tf, model: VectorModel): Promise<void> {
  const { pair } = expectedOf(model);
  const known = [
    'texts',
    'text_pairs',
    'input_ids',
    'token_type_ids',
    'attention_mask',
    'last_hidden_state',
    'logits',
  ];
  expectKnownKeys(pair, known, 'pair');
  const tokens = tokenRows(pair.input_ids, pair.attention_mask, pair.token_type_ids);
  await tidyNetwork<BertConfig>(tf, model.folder, classesOf(pair), ({ config, weights }) => {
    const last: Tensor2D = textStates(tf, config, weights, tokens).at(-1)!;
    const { counts } = realTokens(tokens, config.hidden);
    expectNumbers(last.dataSync(), flat(pair.last_hidden_state), STATES, 'last hidden state', counts);
    expectNumbers(
      classLogits(tf, config, weights, last, tokens).dataSync(),
      flat(pair.logits),
      STATES,
      'logits',
    );
  });
}

const realTokens = ({ mask }: TokenBatch, width: number) => ({
  counts: (index: number) => mask[Math.floor(index / width)] === 1,
});

const halvesOf = (model: VectorModel): Half[] =>
  Object.entries(model.json('expected.json') as Record<string, Half>).flatMap(([key, half]) =>
    key === 'bf16' || key === 'f16' ? [half] : [],
  );

async function halfAgrees(tf: Tf, model: VectorModel, half: Half): Promise<void> {
  expectKnownKeys(half, ['file', 'note', 'logits'], 'the 16-bit case');
  const { input_ids: ids, attention_mask: mask, token_type_ids: types } = expectedOf(model);
  const tokens = tokenRows(ids, mask, types);
  const variant = /^model\.(\w+)\.safetensors$/.exec(half.file)![1]!;
  await tidyNetwork<BertConfig>(
    tf,
    model.folder,
    classesOf(half),
    ({ config, weights }) => {
      const last = textStates(tf, config, weights, tokens).at(-1)!;
      const logits = classLogits(tf, config, weights, last, tokens);
      expectNumbers(logits.dataSync(), flat(half.logits), STATES, 'logits');
    },
    { variant },
  );
}
