import { expect, test } from 'vitest';
import { modelSchema } from '../../../../domain/model-config.ts';
import { defaultPolicy, regretPolicyOf } from '../../../../domain/policy/regret-policy.ts';

const model = (retrain: object) =>
  modelSchema.parse({
    name: 'm',
    task: { kind: 'classification', labels: ['a', 'b'] },
    input: { x: { kind: 'number' } },
    retrain,
  });

test('a config that says nothing has the measured policy', () => {
  expect(regretPolicyOf(model({}))).toEqual(defaultPolicy);
});

test('a config can ask for more rows since onset, never for fewer than the policy does', () => {
  expect(regretPolicyOf(model({ minLabels: 600 })).minRows).toBe(600);
  expect(regretPolicyOf(model({ minLabels: 10 })).minRows).toBe(250);
});

test('price and patience are the config’s', () => {
  expect(regretPolicyOf(model({ price: 80, patience: 150 }))).toMatchObject({ price: 80, patience: 150 });
});
