import { expect, test } from 'vitest';
import { policyHistory } from '../../../console/policy/history.ts';
import { policyLede, sayPolicy, sayWatch } from '../../../console/policy/say-policy.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { AppliedConfig } from '../../../domain/ports.ts';
import { consoleScene } from '../../fakes/console-scene.ts';

const declared = {
  name: 'm',
  task: { kind: 'classification', labels: ['a', 'b'] },
  input: { x: { kind: 'number' } },
};
const configOf = (change: object = {}) => parseConfig({ models: [{ ...declared, ...change }] });
const modelOf = (change: object = {}) => configOf(change).models[0]!;
const page = async (path: string) => {
  const world = consoleScene();
  const answer = await world.app.request(path, {
    headers: { authorization: 'Bearer the-token', accept: 'text/html' },
  });
  return { status: answer.status, text: await answer.text() };
};

test('the page says what is in force, its regret, and who changed it last', async () => {
  const { status, text } = await page('/models/electricity-price/policy');
  expect(status).toBe(200);
  expect(text).toContain('electricity-price retrains by itself, and a person lets the challenger in.');
  expect(text).toContain('Accuracy is at least .80 over 1 d.');
  expect(text).toMatch(/last changed by ada/);
  expect(text).toContain('retrain.price');
  expect(text).not.toMatch(/NaN|undefined|\[object/);
  for (const model of ['churn-risk', 'support-intents', 'meter-digits', 'fraud-score'])
    expect((await page(`/models/${model}/policy`)).status).toBe(200);
});

test.each([
  [{ retrain: { mode: 'off' } }, false, 'm retrains only when somebody asks.'],
  [{ retrain: { mode: 'suggest' } }, false, /suggests a training/],
  [{ approval: { required: true } }, false, /a person lets the challenger in/],
  [{}, false, /promotes by itself/],
  [{}, true, /is paused/],
])('%j, paused %s, is said as %s', (change, paused, said) => {
  expect(policyLede(modelOf(change), paused)).toMatch(said);
});

test('every kind of watch has its sentence', () => {
  const kinds = [
    { kind: 'quality', metric: 'macroF1', atLeast: 0.8 },
    { kind: 'objective', metric: 'accuracy', atLeast: 0.9 },
    { kind: 'estimated', metric: 'accuracy', atLeast: 0.8 },
    { kind: 'data' },
    { kind: 'detector', method: 'adwin' },
    { kind: 'drift' },
    { kind: 'drift', falseAlarmsPerMonth: 1 },
  ];
  const said = modelOf({ watch: kinds }).watch.map(sayWatch);
  expect(said[0]).toBe('Macro F1 is at least .80 over 1 d.');
  expect(new Set(said).size).toBe(kinds.length);
});

test('the parts of a policy are those of its config', () => {
  const config = modelOf({
    approval: { required: true, quorum: 2, approvers: ['ada', 'bob'], requesterMayApprove: false },
    rollout: { shadow: '30m', canary: [0.05, 0.5], step: '10m', bake: '4h' },
  });
  const said = sayPolicy(config, { objective: null, champion: null })
    .flatMap(({ says }) => says)
    .join(' ');
  expect(said).toContain('2 people have to say yes: ada and bob.');
  expect(said).toContain('Who started a run does not decide on it.');
  expect(said).toContain('A challenger is shown copies of requests for 30 min');
});

test('history names what changed of this model, when and by whom, and nothing that left it alone', async () => {
  const at = (day: number) => `2026-03-0${day}T00:00:00.000Z`;
  const other = { ...declared, name: 'n' };
  const applied: AppliedConfig[] = [
    { digest: 'd4', by: 'cleo', at: at(4), config: parseConfig({ models: [other] }) },
    {
      digest: 'd3',
      by: 'bob',
      at: at(3),
      config: parseConfig({ models: [{ ...declared, retrain: { price: 70 } }, other] }),
    },
    { digest: 'd2', by: 'bob', at: at(2), config: parseConfig({ models: [declared, other] }) },
    { digest: 'd1', by: 'ada', at: at(1), config: configOf() },
  ];
  const history = await policyHistory({ models: { applied: async () => applied } }, 'm');
  expect(history.map(({ by, kind }) => [by, kind])).toEqual([
    ['cleo', 'removed'],
    ['bob', 'changed'],
    ['ada', 'declared'],
  ]);
  expect(history[1]!.changes).toEqual([{ path: 'retrain.price', before: 50, after: 70 }]);
});
