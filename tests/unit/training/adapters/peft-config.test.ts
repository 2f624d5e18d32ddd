import { expect, test } from 'vitest';
import { readPeftConfig, writePeftConfig } from '../../../../training/adapters/peft-config.ts';
import { caught } from '../../../support/caught.ts';

const plain = { peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['query', 'value'] };

test('what was written is what is read', () => {
  const settings = {
    rank: 8,
    alpha: 16,
    rankStabilised: true,
    dropout: 0.1,
    targets: ['q_proj'],
    keptWhole: ['score'],
    rankOf: { 'layers.0.self_attn.q_proj': 2 },
    alphaOf: {},
  };
  const json = writePeftConfig(settings, { base: 'base', task: 'SEQ_CLS', fanInFanOut: false });
  expect(json).toMatchObject({ peft_type: 'LORA', r: 8, task_type: 'SEQ_CLS', use_rslora: true });
  expect(readPeftConfig(JSON.parse(JSON.stringify(json)))).toEqual(settings);
});

test('what began it in another way does not matter any more; what is null or off neither', () => {
  const config = {
    ...plain,
    init_lora_weights: 'pissa',
    eva_config: { rho: 2 },
    use_dora: false,
    layer_replication: null,
  };
  expect(readPeftConfig(config)).toMatchObject({ rank: 4, alpha: 8, dropout: 0, keptWhole: [] });
});

test.each([
  ['another method', { ...plain, peft_type: 'IA3' }, /peft_type/],
  ['DoRA', { ...plain, use_dora: true }, /use_dora/],
  ['trained biases', { ...plain, bias: 'lora_only' }, /biases/],
  ['repeated layers', { ...plain, layer_replication: [[0, 2]] }, /layer_replication/],
  ['no rank', { ...plain, r: undefined }, /r: /],
])('%s is refused', (_, json, why) => {
  const error = caught(() => readPeftConfig(json));
  expect(error).toMatchObject({ code: 'DL_ADAPTER_UNFIT' });
  expect(error.message).toMatch(why);
});
