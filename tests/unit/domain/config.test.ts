import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  ConfigInvalid,
  canonicalJson,
  command,
  defineDriftloop,
  defineModel,
  outside,
  parseConfig,
  parseDeclarations,
  quality,
  slice,
} from '../../../domain/config.ts';
import type { InstanceOf, LabelOf } from '../../../domain/config.ts';
import { full, lora, search } from '../../../domain/fine-tune-config.ts';
import { category, image, number, text } from '../../../domain/input.ts';
import { minSamplesOf } from '../../../domain/rollout-config.ts';
import { classification, generation, multiLabel, regression } from '../../../domain/task.ts';

const good = () => ({
  name: 'churn',
  task: { kind: 'classification', labels: ['stay', 'leave'] },
  input: { age: { kind: 'number' } },
});
const problemsOf = (config: unknown) => {
  try {
    parseConfig(config);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
};

test('name, task and input are enough; every other field has a default', () => {
  const [model] = parseConfig({ models: [good()] }).models;
  expect(model).toMatchObject({
    base: { kind: 'scratch' },
    retrain: { mode: 'auto', on: ['regret', 'quality'], price: 50, patience: 300, minLabels: 250 },
    gate: {
      alpha: 0.05,
      holdAtMost: '7d',
      slices: [],
      thresholds: [],
      minRows: 100,
      sliceMargin: 0.05,
      minSliceRows: 100,
      fairness: [],
      artifact: {},
    },
    approval: {
      required: false,
      approvers: ['role:approver'],
      quorum: 1,
      requesterMayApprove: true,
      timeout: '24h',
      onTimeout: 'reject',
      escalateTo: ['role:admin'],
    },
    rollout: {
      canary: [0.1],
      step: '10m',
      alpha: 0.05,
      errorRateAtMost: 0.01,
      guardrails: { errors: { margin: 0.005 }, latency: { times: 1.5 }, quality: { margin: 0.02 } },
      metrics: [],
      freeze: [],
    },
    serving: { kind: 'driftloop' },
  });
});

test('a training that nobody describes stays open, and a wish stays what it is', () => {
  const wished = (fineTune: unknown) =>
    parseDeclarations({ models: [{ ...good(), fineTune }] }).models[0]!.fineTune;
  expect(parseDeclarations({ models: [good()] }).models[0]).not.toHaveProperty('fineTune');
  expect(wished(full({ epochs: 3 }))).toEqual({ method: 'full', epochs: 3 });
  expect(wished(search({ learningRate: { from: 1e-4, to: 1e-2 }, hidden: [8, 4] }))).toEqual({
    method: 'search',
    over: { learningRate: { from: 1e-4, to: 1e-2 }, hidden: [[8, 4]] },
    budget: { trials: 9 },
  });
});

test('a text model may begin from a folder or a name on the hub, by any method', () => {
  const model = {
    ...good(),
    input: { question: text() },
    base: './bases/encoder',
    fineTune: lora({ rank: 4, targets: ['query', 'value'] }),
  };
  const [parsed] = parseDeclarations({ models: [model] }).models;
  expect(parsed).toMatchObject({
    base: { kind: 'pretrained', from: './bases/encoder' },
    fineTune: model.fineTune,
  });
  expect(parseDeclarations({ models: [parsed] }).models[0]).toEqual(parsed);
});

test('what writes goes on from a base, is asked one text, and knows no labels', () => {
  const config = {
    models: [
      {
        name: 'support',
        task: generation(),
        input: { prompt: text(), age: number() },
        fineTune: { method: 'head', classWeights: 'balanced', beta: 0.2 },
      },
    ],
  };
  const problems = problemsOf(config).map(({ path, problem }) => `${path} ${problem}`);
  expect(problems).toEqual([
    'models.0.input is not one text, which is what a model that writes is asked',
    'models.0.base is none, and what writes goes on from a base that can write',
    'models.0.fineTune.method is "head", which trains a new head, and what writes has none of its own',
    'models.0.fineTune.classWeights is for networks that read labels, and this model reads prompts',
  ]);
  const beta = { models: [{ ...good(), fineTune: full({ beta: 0.2 }) }] };
  expect(problemsOf(beta)).toMatchObject([{ path: 'models.0.fineTune.beta' }]);
});

test('a regression is a model like any other, of which the loop has to know when an answer is right', () => {
  const config = { models: [good(), { ...good(), name: 'rent', task: regression() }] };
  expect(parseDeclarations(config).models.map(({ task }) => task.kind)).toEqual([
    'classification',
    'regression',
  ]);
  expect(problemsOf(config)).toEqual([
    {
      path: 'models.1.task.tolerance',
      problem: 'is missing, and the loop counts how many answers are right',
      fix: expect.stringContaining('regression({ tolerance: 5 })') as string,
    },
  ]);
  const rent = { ...good(), task: regression({ tolerance: 50 }) };
  expect(parseConfig({ models: [rent] }).models[0]!.task).toEqual({ kind: 'regression', tolerance: 50 });
  const watched = {
    ...rent,
    base: { kind: 'champion' },
    watch: [{ kind: 'quality', metric: 'macroF1', atLeast: 0.5 }],
    gate: {
      thresholds: [
        { metric: 'logLoss', upperBound: 1 },
        { metric: 'mae', upperBound: 30 },
      ],
    },
  };
  expect(problemsOf({ models: [watched] }).map(({ path }) => path)).toEqual([
    'models.0.gate.thresholds.0.metric',
    'models.0.watch.0.metric',
    'models.0.base',
  ]);
});

test('a model that its team serves itself needs a webhook, and never a secret', () => {
  const serving = outside({ webhook: 'https://models.example.org/driftloop' });
  expect(parseConfig({ models: [{ ...good(), serving }] }).models[0]!.serving).toEqual({
    kind: 'outside',
    webhook: 'https://models.example.org/driftloop',
    secretEnv: 'DRIFTLOOP_HANDOVER_SECRET',
    deliverWithin: '3d',
    deployWithin: '7d',
  });
  const problemOf = (given: object) =>
    problemsOf({ models: [{ ...good(), serving: { kind: 'outside', ...given } }] }).map(
      ({ path, problem, fix }) => `${path} ${problem}. ${fix}`,
    );
  expect(problemOf({})).toEqual(['models.0.serving.webhook is missing. Add it: a string.']);
  expect(problemOf({ webhook: 'ftp://x' })).toEqual([
    'models.0.serving.webhook is "ftp://x": it must be an address such as "https://models.example.org/driftloop". Write it so.',
  ]);
  expect(problemOf({ webhook: 'https://ada:secret@x' })[0]).toContain('must carry no name and password');
  expect(problemOf({ webhook: 'https://x', secretEnv: 'whsec_abc' })[0]).toMatch(
    /^models\.0\.serving\.secretEnv .*must be the name of an environment variable/,
  );
  expect(problemsOf({ models: [{ ...good(), serving: { kind: 'elsewhere' } }] })).toMatchObject([
    { path: 'models.0.serving.kind', fix: 'Choose one of driftloop, outside.' },
  ]);
});

test('a parsed config is plain JSON that parses to itself; its digest does not depend on the order of keys', () => {
  const config = parseConfig({
    models: [{ ...good(), watch: [quality({ metric: 'accuracy', atLeast: 0.8 })] }],
  });
  expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  const { name, task, input } = good();
  expect(canonicalJson(parseConfig({ models: [{ input, task, name }] }))).toBe(
    canonicalJson(parseConfig({ models: [good()] })),
  );
});

test('every problem is told at once, each with its path and its fix', () => {
  const problems = problemsOf({
    namespace: 'X Y',
    models: [
      {
        ...good(),
        input: { age: { kind: 'nmber' } },
        watch: [{ kind: 'quality', metric: 'acc', atLeast: 2 }],
        rollout: { step: '10x', canry: [0.1] },
        retrain: { price: '50', schedule: 'every monday' },
      },
      {},
      {
        ...good(),
        gate: {
          slices: ['plan'],
          fairness: [{ feature: 'sex', gapAtMost: 0.1 }],
          thresholds: [{ metric: 'macroF1' }, { metric: 'ece', lowerBound: 2, upperBound: 1 }],
        },
        rollout: { canary: [0.5, 0.2] },
      },
    ],
  });
  const told = Object.fromEntries(problems.map(({ path, problem, fix }) => [path, `${problem}. ${fix}`]));
  expect(told).toEqual({
    namespace: 'is "X Y": it must be lower case letters, digits and "-". Write it so.',
    'models.0.input.age.kind': 'is "nmber". Choose one of number, category, text, image.',
    'models.0.watch.0.metric': 'is "acc". Choose one of accuracy, macroPrecision, macroRecall, macroF1.',
    'models.0.watch.0.atLeast': 'is 2. Give at most 1.',
    'models.0.retrain.price': 'is "50". Give a number.',
    'models.0.retrain.schedule': expect.stringContaining('must have five places') as string,
    'models.0.rollout.step': expect.stringContaining('must be a duration such as') as string,
    'models.0.rollout':
      'has no field "canry". Remove it, or write one of shadow, canary, step, bake, every, alpha, minSamples, minRequests, errorRateAtMost, inconclusiveAtMost, guardrails, metrics, freeze, drill.',
    'models.1.name': 'is missing. Add it: a string.',
    'models.1.task': 'is missing. Add it: an object.',
    'models.1.input': 'is missing. Add it: an object.',
    'models.2.gate.slices': '"plan" is not a feature. Declare it in input, or remove it.',
    'models.2.gate.fairness.0.feature': '"sex" is not a feature. Declare it in input, or remove it.',
    'models.2.gate.thresholds.0': 'asks nothing of macroF1. Give lowerBound, upperBound, or a change.',
    'models.2.gate.thresholds.1': expect.stringContaining('ece') as string,
    'models.2.rollout.canary.1':
      '0.2 is no more than the step before (0.5). Let each step carry more traffic than the one before.',
  });
});

test.each([
  ['a config that is no object', 7, ''],
  ['no models', { models: [] }, 'models'],
  ['a name twice', { models: [good(), good()] }, 'models.1.name'],
  [
    'a bound in a slice that is none',
    { models: [{ ...good(), watch: [slice({ of: 'nobody', atLeast: 0.5 })] }] },
    'models.0.watch.0.of',
  ],
  [
    'a label twice',
    { models: [{ ...good(), task: { kind: 'classification', labels: ['a', 'a'] } }] },
    'models.0.task.labels',
  ],
  [
    'a code for no label',
    { models: [{ ...good(), task: { kind: 'classification', labels: ['a', 'b'], codes: { 1: 'c' } } }] },
    'models.0.task.codes.1',
  ],
  ['no feature', { models: [{ ...good(), input: {} }] }, 'models.0.input'],
  [
    'more least steps than most',
    { models: [{ ...good(), fineTune: { method: 'full', minSteps: 9, maxSteps: 8 } }] },
    'models.0.fineTune.minSteps',
  ],
  [
    'a method that adapts a base, on a table',
    { models: [{ ...good(), fineTune: lora() }] },
    'models.0.fineTune.method',
  ],
  ['a base for a table', { models: [{ ...good(), base: './encoder' }] }, 'models.0.base'],
  [
    'a setting of texts on a table',
    { models: [{ ...good(), fineTune: full({ longest: 9 }) }] },
    'models.0.fineTune.longest',
  ],
  ['a base of no kind', { models: [{ ...good(), base: { kind: 'chmpion' } }] }, 'models.0.base.kind'],
  [
    'a bound that nobody measures',
    {
      models: [{ ...good(), trainer: command(['train']), gate: { artifact: { memoryMbAtMost: 500 } } }],
    },
    'models.0.gate.artifact.memoryMbAtMost',
  ],
  [
    'a setting of another method',
    { models: [{ ...good(), fineTune: { method: 'full', rank: 4 } }] },
    'models.0.fineTune',
  ],
])('%s is refused where it stands', (_, config, path) => {
  expect(problemsOf(config).map((problem) => problem.path)).toEqual([path]);
});

describe('any number of labels', () => {
  const topics = multiLabel({ labels: ['card', 'fee'], codes: { 1: 'fee' } });
  const model = { name: 'topics', task: topics, input: { question: text() } };

  test('are declared of a text, for files and for the loop', () => {
    expect(parseDeclarations({ models: [model] }).models[0]!.task).toEqual({
      kind: 'multi-label',
      labels: ['card', 'fee'],
      codes: { 1: 'fee' },
    });
    expect(parseConfig({ models: [model] }).models[0]!.task.kind).toBe('multi-label');
    expectTypeOf<LabelOf<typeof model>>().toEqualTypeOf<'card' | 'fee'>();
  });

  test.each([
    ['of a table', { ...model, input: { age: number() } }, 'models.0.task.kind'],
    ['by a program', { ...model, trainer: command(['train']) }, 'models.0.trainer'],
    [
      'of which a file takes one for two',
      { ...model, task: multiLabel({ labels: ['a|b'] }) },
      'models.0.task.labels',
    ],
    [
      'that stand there twice',
      { ...model, task: multiLabel({ labels: ['a', 'a'] }) },
      'models.0.task.labels',
    ],
  ])('%s are refused where they stand', (_, wrong, path) => {
    const refused = () => parseDeclarations({ models: [wrong] });
    expect(refused).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path })] }));
  });
});

test('of a text, what columns have is refused, and an adapter without a base', () => {
  const model = { ...good(), input: { question: text() } };
  const problems = (fineTune: unknown, base?: string) => {
    try {
      parseDeclarations({ models: [{ ...model, fineTune, ...(base ? { base } : {}) }] });
    } catch (error) {
      if (error instanceof ConfigInvalid)
        return error.problems.map(({ path, problem }) => `${path} ${problem}`);
      throw error;
    }
    return [];
  };
  expect(problems(lora({ rank: 4 }), 'hf:a/b')).toEqual([]);
  expect(problems(lora({ rank: 4 }))).toEqual([
    'models.0.fineTune.method is "lora", which adapts a base, and none is named',
  ]);
  expect(
    problems(full({ hidden: [3], batchSize: 4, microBatchSize: 8, focalGamma: 1, labelSmoothing: 0.1 })),
  ).toEqual([
    'models.0.fineTune.hidden is for networks that read columns, and this model reads texts',
    'models.0.fineTune.microBatchSize 8 is more than batchSize (4)',
    'models.0.fineTune.focalGamma stands beside labelSmoothing, which focal loss does not know',
  ]);
  expect(
    problems(search({ method: ['full', 'head'], hidden: [3], learningRate: { from: 2, to: 1 } })),
  ).toEqual([
    'models.0.fineTune.over.method is "head", which adapts a base, and none is named',
    'models.0.fineTune.over.hidden is no setting of a model that reads texts',
    'models.0.fineTune.over.learningRate goes from 2 down to 1',
  ]);
  expect(problems({ method: 'lora', targets: 'query' }, 'b')).toEqual([
    'models.0.fineTune.targets is "query"',
  ]);
  expect(problems({ method: 'lore' })).toEqual(['models.0.fineTune.method is "lore"']);
});

test('a text beside other features is a column of a table, in the loop too', () => {
  const table = { ...good(), input: { question: text(), amount: number() } };
  expect(problemsOf({ models: [{ ...table, fineTune: full({ hidden: [8], maxSteps: 50 }) }] })).toEqual([]);
  expect(
    problemsOf({ models: [{ ...table, base: 'hf:a/b', fineTune: full({ longest: 8 }) }] }),
  ).toMatchObject([
    { path: 'models.0.base', problem: 'is "hf:a/b", and a table begins from none' },
    { path: 'models.0.fineTune.longest' },
  ]);
});

test('the loop reads one image, alone, and as large as a message holds', () => {
  const declared = (input: object, more: object = {}) => ({ models: [{ ...good(), input, ...more }] });
  const photo = image({ width: 224, height: 224, channels: 3 });
  expect(parseConfig(declared({ photo })).models[0]!.input).toEqual({ photo });
  const columns = { names: ['p0'], width: 1, height: 1, channels: 1 as const };
  const large = image({ width: 1_000, height: 1_000, channels: 1, columns });
  const gate = { slices: ['photo'] };
  expect(
    problemsOf(declared({ photo: large, age: number() }, { gate })).map(({ problem }) => problem),
  ).toEqual([
    expect.stringContaining('beside other features'),
    expect.stringContaining('a column for each pixel'),
    expect.stringContaining('1,000,000 bytes of each image; the loop keeps at most 640,000'),
    '"photo" is an image, and no two are alike',
  ]);
});

test('the loop searches too, and a table has no ranks to try', () => {
  const searching = (over: object) => ({ models: [{ ...good(), fineTune: search(over) }] });
  expect(parseConfig(searching({ hidden: [8] })).models[0]!.fineTune).toMatchObject({
    budget: { trials: 9 },
  });
  expect(problemsOf(searching({ method: ['full'], rank: [4] }))).toMatchObject([
    { path: 'models.0.fineTune.over.rank', problem: 'is no setting of a model that reads columns' },
  ]);
});

describe('types', () => {
  const model = defineModel({
    name: 'electricity',
    task: classification({ labels: ['DOWN', 'UP'], codes: { 0: 'DOWN' } }),
    input: { price: number(), day: category(['1', '2']) },
    gate: { slices: ['day'] },
  });

  test('an editor completes features, their values and labels', () => {
    expectTypeOf<LabelOf<typeof model>>().toEqualTypeOf<'DOWN' | 'UP'>();
    expectTypeOf<InstanceOf<typeof model>['price']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<InstanceOf<typeof model>['day']>().toEqualTypeOf<'1' | '2' | null | undefined>();
    expect(parseConfig(defineDriftloop({ models: [model] })).models[0]!.gate.slices).toEqual(['day']);
  });

  test('a slice that is no feature, and a code for no label, do not compile', () => {
    // @ts-expect-error "night" is not a feature of this model
    defineModel({ ...model, gate: { slices: ['night'] } });
    // @ts-expect-error "SIDEWAYS" is not a label
    classification({ labels: ['DOWN', 'UP'], codes: { 0: 'SIDEWAYS' } });
  });
});

test('a quorum that the named people cannot reach is refused', () => {
  const approval = { quorum: 3, approvers: ['ada', 'ben'] };
  expect(problemsOf({ models: [{ ...good(), approval }] })).toEqual([
    {
      path: 'models.0.approval.quorum',
      problem: 'asks for 3 approvals, and 2 people may give one',
      fix: 'Name more approvers, or ask for fewer approvals.',
    },
  ]);
  expect(
    parseConfig({ models: [{ ...good(), approval: { ...approval, approvers: ['role:approver'] } }] }),
  ).toBeDefined();
});

test('one person under two names is one approval', () => {
  const quorumOf = (approvers: string[], quorum: number) =>
    problemsOf({ models: [{ ...good(), approval: { quorum, approvers } }] });
  expect(quorumOf(['Ada', 'ada'], 2)).toEqual([
    {
      path: 'models.0.approval.quorum',
      problem: 'asks for 2 approvals, and 1 person may give one: "ada" is the same person as "Ada"',
      fix: 'Name more approvers, or ask for fewer approvals.',
    },
  ]);
  expect(quorumOf(['Ada', 'ben', 'ada ', 'Ben'], 3)).toMatchObject([
    {
      problem:
        'asks for 3 approvals, and 2 people may give one: "ada " is the same person as "Ada", "Ben" is the same person as "ben"',
    },
  ]);
  expect(
    parseConfig({ models: [{ ...good(), approval: { quorum: 2, approvers: ['Ada', 'ada', 'ben'] } }] }),
  ).toBeDefined();
});

test('what a rollout is judged by is checked, each problem with its place', () => {
  const rollout = {
    shadow: '5 minutes',
    guardrails: { errors: { margin: -1 }, latencies: {} },
    metrics: [
      { name: 'refunds', query: 'rate(refunds{v="{{verison}}"}[5m])', success: 'small' },
      { name: 'orders', query: 'orders', success: '> 1' },
      { name: 'orders', query: 'orders', success: '> 1' },
    ],
    freeze: [
      { cron: '0 18 * * 5' },
      { from: '2027-01-02T00:00:00Z', to: '2026-12-23T00:00:00Z' },
      { from: 'soon', to: 'later' },
    ],
  };
  const found = problemsOf({ models: [{ ...good(), rollout }] });
  const said = (place: string) =>
    found
      .filter(({ path }) => path === `models.0.rollout.${place}`)
      .map(({ problem, fix }) => `${problem} ${fix}`)
      .join(' ');
  expect(said('shadow')).toContain('must be a duration');
  expect(said('guardrails.errors.margin')).toContain('at least 0');
  expect(said('guardrails')).toContain('no field "latencies"');
  expect(said('metrics.0.query')).toContain(
    'has no placeholder {{verison}}; there are {{namespace}}, {{model}}',
  );
  expect(said('metrics.0.success')).toContain('must compare with a number');
  expect(said('freeze.2.from')).toContain('must be a time');
  const later = problemsOf({
    models: [
      {
        ...good(),
        rollout: {
          ...rollout,
          shadow: '5m',
          guardrails: {},
          metrics: rollout.metrics.slice(1),
          freeze: rollout.freeze.slice(0, 2),
        },
      },
    ],
  });
  expect(later.map(({ path, problem }) => [path, problem])).toEqual([
    ['models.0.rollout.metrics', expect.stringContaining('"orders" stands there twice')],
    ['models.0.rollout.freeze.0', expect.stringContaining('must have cron and duration, or from and to')],
    ['models.0.rollout.freeze.1', expect.stringContaining('must end after it begins')],
  ]);
});

test('whoever has said how many requests are enough is asked for no more', () => {
  expect(minSamplesOf({ minRequests: 20 })).toBe(20);
  expect(minSamplesOf({ minRequests: 20, minSamples: 200 })).toBe(200);
  expect(minSamplesOf({})).toBe(500);
});

test('a field that a watch does not have is refused with those that it has, and a bound of numbers with offBy', () => {
  const told = (watch: object) =>
    problemsOf({ models: [{ ...good(), watch: [watch] }] }).map(
      ({ path, problem, fix }) => `${path} ${problem}. ${fix}`,
    );
  const wrong = told({ kind: 'quality', metric: 'accuracy', atLeast: 0.9, atMost: 60 });
  expect(wrong).toEqual([
    'models.0.watch.0 has no field "atMost". Remove it, or write one of kind, metric, atLeast, window, for, minRows.',
  ]);
  const numbers = told({ kind: 'quality', metric: 'mae', atMost: 60 });
  expect(numbers.find((one) => one.includes('"atMost"'))).toBe(
    `models.0.watch.0 has no field "atMost". Watch numbers with offBy({ metric: 'mae', atMost: … }).`,
  );
  expect(numbers).toContain(
    `models.0.watch.0.metric is "mae". Watch numbers with offBy({ metric: 'mae', atMost: … }).`,
  );
});
