import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { belowLayer, parametersOf } from '../../../../training/optimization/parameter-groups.ts';

let variable: Variable;
beforeAll(async () => {
  await tf.setBackend('cpu');
  variable = tf.variable(tf.scalar(0));
});
const named = (names: readonly string[]) => names.map((name) => [name, variable] as const);

test('biases and norms do not decay, whichever family they are of', () => {
  const still = [
    'bert.embeddings.LayerNorm.weight',
    'bert.encoder.layer.0.attention.output.LayerNorm.bias',
    'bert.encoder.layer.0.output.dense.bias',
    'transformer.h.0.ln_1.weight',
    'transformer.ln_f.weight',
    'model.layers.0.input_layernorm.weight',
    'model.layers.1.post_attention_layernorm.weight',
    'model.layers.0.self_attn.q_norm.weight',
    'model.norm.weight',
    'vit.encoder.layer.0.layernorm_before.weight',
    'vit.layernorm.weight',
    'batch_normalization/gamma',
    'batch_normalization/beta',
    'dense/bias',
  ];
  const decaying = [
    'bert.embeddings.word_embeddings.weight',
    'bert.encoder.layer.0.attention.self.query.weight',
    'transformer.h.0.attn.c_attn.weight',
    'model.layers.0.mlp.gate_proj.weight',
    'vit.embeddings.cls_token',
    'classifier.weight',
    'normaliser.weight',
    'dense/kernel',
  ];
  const parameters = parametersOf(named([...still, ...decaying]));
  expect(parameters.filter((p) => p.decays).map((p) => p.name)).toEqual(decaying);
  expect(parametersOf(named(still), { decay: 'all' }).every((p) => p.decays)).toBe(true);
});

test('each layer learns slower than the one above it, the embeddings slowest', () => {
  const names = [
    'transformer.wte.weight',
    'transformer.h.0.mlp.c_fc.weight',
    'transformer.h.1.mlp.c_fc.weight',
    'transformer.ln_f.weight',
    'score.weight',
  ];
  const scales = parametersOf(named(names), { layerRate: 0.5 }).map((p) => p.rateScale);
  expect(scales).toEqual([0.125, 0.25, 0.5, 1, 1]);
  expect(parametersOf(named(names)).every((p) => p.rateScale === 1)).toBe(true);
});

test('what is below a layer can be frozen', () => {
  const names = ['bert.embeddings.a', 'bert.encoder.layer.0.a', 'bert.encoder.layer.1.a', 'classifier.a'];
  const left = (layers: number) =>
    parametersOf(named(names), { isFrozen: belowLayer(layers) }).map((p) => p.name);
  expect(left(0)).toEqual(names.slice(1));
  expect(left(1)).toEqual(names.slice(2));
  expect(left(2)).toEqual(names.slice(3));
});
