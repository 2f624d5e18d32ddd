import { expect, test } from 'vitest';
import { readModelConfig } from '../../../../training/models/config.ts';
import { caught } from '../../../support/caught.ts';

const bert = {
  model_type: 'bert',
  vocab_size: 100,
  max_position_embeddings: 16,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 12,
};
const llama = {
  model_type: 'llama',
  vocab_size: 100,
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  intermediate_size: 24,
};
const gpt2 = { model_type: 'gpt2', vocab_size: 100, n_positions: 16, n_embd: 8, n_layer: 1, n_head: 2 };
const vit = {
  model_type: 'vit',
  image_size: 16,
  patch_size: 4,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 12,
};

test('what a config leaves out is what transformers takes then', () => {
  expect(readModelConfig(bert)).toMatchObject({ kind: 'bert', types: 2, activation: 'gelu', epsilon: 1e-12 });
  expect(readModelConfig(gpt2)).toMatchObject({ inner: 32, activation: 'gelu-tanh', tied: true });
  expect(readModelConfig(llama)).toMatchObject({
    kvHeads: 4,
    headDim: 4,
    tied: false,
    rope: { theta: 10_000 },
  });
  expect(readModelConfig(vit)).toMatchObject({ channels: 3, attentionBias: true });
});

test('a convolutional network refuses images that it would make smaller than a pixel', () => {
  const convnet = {
    model_type: 'driftloop-convnet',
    image_width: 8,
    image_height: 6,
    num_channels: 1,
    widths: [4, 8, 12],
  };
  expect(readModelConfig(convnet)).toMatchObject({ kind: 'convnet', hidden: 12, stem: 1, dropout: 0 });
  const error = caught(() => readModelConfig({ ...convnet, stem_stride: 2 }));
  expect(error).toMatchObject({ code: 'DL_BASE_INVALID' });
  expect(error.message).toContain('8 × 6 pixels cannot be made 8 times smaller');
});

test('classes are in the order of their indices, beyond the tenth too', () => {
  const id2label = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [String(11 - i), `c${11 - i}`]));
  expect(readModelConfig({ ...bert, id2label })).toMatchObject({
    labels: Array.from({ length: 12 }, (_, i) => `c${i}`),
  });
});

test('rotary positions are read in the spelling of either release', () => {
  const scaling = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const rope = {
    kind: 'llama3',
    theta: 500_000,
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalPositions: 8192,
  };
  const older = { ...llama, rope_theta: 500_000, rope_scaling: { ...scaling, type: 'llama3' } };
  const newer = { ...llama, rope_parameters: { ...scaling, rope_theta: 500_000, rope_type: 'llama3' } };
  expect(readModelConfig(older)).toMatchObject({ rope });
  expect(readModelConfig(newer)).toMatchObject({ rope });
  expect(readModelConfig({ ...llama, rope_theta: 5, rope_scaling: null })).toMatchObject({
    rope: { kind: 'default', theta: 5 },
  });
});

test('another architecture is refused by name, beside those that are computed', () => {
  const error = caught(() => readModelConfig({ model_type: 'mamba' }));
  expect(error).toMatchObject({ code: 'DL_BASE_UNSUPPORTED' });
  expect(error.message).toContain('"mamba"');
  expect(error.fix).toContain('bert, gpt2, llama, vit');
});

test.each([
  ['relative positions', { ...bert, position_embedding_type: 'relative_key' }],
  ['a decoder of BERT', { ...bert, is_decoder: true }],
  ['an unknown activation', { ...bert, hidden_act: 'mish' }],
  ['attention scaled by layer', { ...gpt2, scale_attn_by_inverse_layer_idx: true }],
  ['cross-attention', { ...gpt2, add_cross_attention: true }],
  ['another stretch of positions', { ...llama, rope_scaling: { type: 'yarn', factor: 2 } }],
  ['positions on a part of a head', { ...llama, partial_rotary_factor: 0.5 }],
  ['a Llama without SiLU', { ...llama, hidden_act: 'gelu' }],
])('%s would change the numbers and is refused', (_, json) => {
  expect(caught(() => readModelConfig(json))).toMatchObject({ code: 'DL_BASE_UNSUPPORTED' });
});

test.each([
  ['no model type', {}, /model_type/],
  ['no sizes', { model_type: 'bert' }, /vocab_size: .*hidden_size: /],
  ['heads that do not share the width', { ...bert, num_attention_heads: 3 }, /8 hidden units .* 3 heads/],
  ['heads that cannot share', { ...llama, num_key_value_heads: 3 }, /4 heads cannot share 3/],
  ['a head of odd width', { ...llama, head_dim: 5 }, /5 units/],
  ['an image without whole patches', { ...vit, patch_size: 5 }, /16 pixels/],
  ['a stretch without its factor', { ...llama, rope_scaling: { type: 'linear' } }, /factor/],
])('%s is damage', (_, json, why) => {
  const error = caught(() => readModelConfig(json));
  expect(error).toMatchObject({ code: 'DL_BASE_INVALID' });
  expect(error.message).toMatch(why);
});
