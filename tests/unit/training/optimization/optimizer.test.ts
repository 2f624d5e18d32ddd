import { createHash } from 'node:crypto';
import type { NamedTensorMap, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { createOptimizer } from '../../../../training/optimization/optimizer.ts';
import type { Parameter } from '../../../../training/optimization/parameter.ts';
import { sgd } from '../../../../training/optimization/sgd.ts';
import { random } from '../../../../training/random.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

/** Two that are joined, a scalar, one that learns slower, one that does not decay, and one too large to be joined. */
const shapes: Record<string, number[]> = {
  'layer.0.weight': [3, 4],
  'layer.1.weight': [2, 4],
  scale: [],
  'slow.weight': [2, 4],
  'layer.0.bias': [4],
  'large.weight': [256, 256],
};
const rateScales: Record<string, number> = { 'slow.weight': 0.1 };
const decays = (name: string) => !name.endsWith('bias');
/** Of each parameter; the large one has too many. */
const LOOKED_AT = 20;
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Values and gradients that are the same for the same seed. */
const numbers = (seed: number): Record<string, Float32Array> => {
  const chance = random(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => 2 * chance.uniform() - 1),
    ]),
  );
};

const digest = (values: Float32Array): string => createHash('sha256').update(values).digest('hex');

type Step = (at: {
  p: number;
  g: number;
  m: number;
  v: number;
  rate: number;
  t: number;
  decays: boolean;
}) => {
  p: number;
  m: number;
  v: number;
};
/** The formulas of PyTorch's documentation, number by number in float64. */
const references: Record<string, { rule: () => ReturnType<typeof adamw>; step: Step }> = {
  AdamW: {
    rule: () => adamw({ weightDecay: 0.1, epsilon: 1e-3 }),
    step({ p, g, m, v, rate, t, decays }) {
      const [m1, v1] = [0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g];
      const moved = m1 / (1 - 0.9 ** t) / (Math.sqrt(v1 / (1 - 0.999 ** t)) + 1e-3);
      return { p: p * (decays ? 1 - rate * 0.1 : 1) - rate * moved, m: m1, v: v1 };
    },
  },
  'SGD with momentum': {
    rule: () => sgd({ momentum: 0.9 }),
    step: ({ p, g, m, rate }) => ({ p: p - rate * (0.9 * m + g), m: 0.9 * m + g, v: 0 }),
  },
  "SGD with Nesterov's momentum and decay": {
    rule: () => sgd({ momentum: 0.8, nesterov: true, weightDecay: 0.05 }),
    step({ p, g: gradient, m, rate, decays }) {
      const g = gradient + (decays ? 0.05 * p : 0);
      const buffer = 0.8 * m + g;
      return { p: p - rate * (g + 0.8 * buffer), m: buffer, v: 0 };
    },
  },
  'plain SGD': {
    rule: () => sgd(),
    step: ({ p, g, rate }) => ({ p: p - rate * g, m: 0, v: 0 }),
  },
};

describe.each(await tensorflows())('optimizers on $name', ({ select }) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await select();
  });

  const parametersFrom = (values: Record<string, Float32Array>): Parameter[] =>
    Object.entries(shapes).map(([name, shape]) => ({
      name,
      variable: tf.tidy(() => tf.variable(tf.tensor(values[name]!, shape))),
      rateScale: rateScales[name] ?? 1,
      decays: decays(name),
    }));
  const gradientsFor = (parameters: readonly Parameter[], seed: number): NamedTensorMap => {
    const values = numbers(seed);
    return Object.fromEntries(
      parameters.map(({ name, variable }) => [variable.name, tf.tensor(values[name]!, shapes[name])]),
    );
  };
  const valuesOf = (parameters: readonly Parameter[]) =>
    Object.fromEntries(
      parameters.map(({ name, variable }) => [name, Float32Array.from(variable.dataSync())]),
    );
  const variablesOf = (parameters: readonly Parameter[]): Variable[] => parameters.map((p) => p.variable);

  test.each(Object.entries(references))('%s takes the steps of its formula', (_, { rule, step }) => {
    const before = tf.memory().numTensors;
    const parameters = parametersFrom(numbers(1));
    const optimizer = createOptimizer(tf, rule(), parameters);
    const expected = Object.fromEntries(
      Object.entries(numbers(1)).map(([name, values]) => [
        name,
        [...values.subarray(0, LOOKED_AT)].map((p) => ({ p, m: 0, v: 0 })),
      ]),
    );
    for (let t = 1; t <= 6; t += 1) {
      const rate = 0.03 * t;
      tf.tidy(() => void optimizer.step(gradientsFor(parameters, 10 + t), { rate }));
      const given = numbers(10 + t);
      for (const [name, state] of Object.entries(expected))
        expected[name] = state.map((s, i) =>
          step({
            ...s,
            g: given[name]![i]!,
            rate: rate * (rateScales[name] ?? 1),
            t,
            decays: decays(name),
          }),
        );
    }
    for (const [name, values] of Object.entries(valuesOf(parameters))) {
      const apart = expected[name]!.reduce((max, { p }, i) => Math.max(max, Math.abs(p - values[i]!)), 0);
      expect(apart, name).toBeLessThan(1e-5);
    }
    optimizer.dispose();
    tf.dispose(variablesOf(parameters));
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(Object.entries(references))(
    '%s goes on from its state to the last digit',
    async (_, { rule }) => {
      const parameters = parametersFrom(numbers(2));
      const first = createOptimizer(tf, rule(), parameters);
      const steps = (optimizer: typeof first, of: readonly Parameter[], from: number, to: number) => {
        for (let t = from; t < to; t += 1)
          tf.tidy(() => void optimizer.step(gradientsFor(of, 20 + t), { rate: 0.05, maxNorm: 3 }));
      };
      steps(first, parameters, 0, 3);
      const resumed = parametersFrom(valuesOf(parameters));
      const second = createOptimizer(tf, rule(), resumed, await first.state());
      steps(first, parameters, 3, 6);
      steps(second, resumed, 3, 6);
      const [ours, theirs] = [valuesOf(resumed), valuesOf(parameters)];
      for (const name of Object.keys(shapes)) expect(digest(ours[name]!), name).toBe(digest(theirs[name]!));
      const digests = async (optimizer: typeof first) => {
        const { steps: taken, tensors } = await optimizer.state();
        return [taken, ...tensors.map(({ name, shape, values }) => [name, shape, digest(values)])];
      };
      expect(await digests(second)).toEqual(await digests(first));
      for (const optimizer of [first, second]) optimizer.dispose();
      tf.dispose([variablesOf(parameters), variablesOf(resumed)]);
    },
  );

  test('gradients that are longer than allowed are shortened together, and their length is told', () => {
    tf.tidy(() => {
      const at = [3, 4];
      const [a, b] = ['a', 'b'].map((name, i) => ({
        name,
        variable: tf.variable(tf.tensor2d([[at[i]!]])),
        rateScale: 1,
        decays: true,
      })) as [Parameter, Parameter];
      const gradients = { [a.variable.name]: tf.tensor2d([[30]]), [b.variable.name]: tf.tensor2d([[-40]]) };
      const optimizer = createOptimizer(tf, sgd(), [a, b]);
      expect(optimizer.step(gradients, { rate: 1, maxNorm: 5 }).dataSync()[0]).toBeCloseTo(50, 4);
      expect(a.variable.dataSync()[0]).toBeCloseTo(0, 5);
      expect(b.variable.dataSync()[0]).toBeCloseTo(8, 5);
      optimizer.step(gradients, { rate: 1, maxNorm: 60 });
      expect(a.variable.dataSync()[0]).toBeCloseTo(-30, 4);
      optimizer.dispose();
    });
  });

  test('what others hold of the values stays as it was', () => {
    const parameters = parametersFrom(numbers(3));
    const optimizer = createOptimizer(tf, adamw({ weightDecay: 0 }), parameters);
    for (let t = 0; t < 3; t += 1) {
      const held = parameters.map(({ variable }) => tf.clone(variable));
      const digests = () => held.map((tensor) => digest(Float32Array.from(tensor.dataSync())));
      const then = digests();
      const gradients = gradientsFor(parameters, t);
      const norm = tf.tidy(() => optimizer.step(gradients, { rate: 0.1 }));
      expect(digests()).toEqual(then);
      expect(digest(valuesOf(parameters)['scale']!)).not.toBe(then[2]);
      tf.dispose([held, gradients, norm]);
    }
    optimizer.dispose();
    tf.dispose(variablesOf(parameters));
  });

  test('values that were set from outside are where the next step begins', () => {
    tf.tidy(() => {
      const parameters = parametersFrom(numbers(4));
      const optimizer = createOptimizer(tf, sgd({ momentum: 0.5 }), parameters);
      optimizer.step(gradientsFor(parameters, 1), { rate: 0.1 });
      for (const { variable } of parameters) variable.assign(tf.zerosLike(variable));
      optimizer.step(gradientsFor(parameters, 1), { rate: 0.1 });
      const g = numbers(1)['layer.0.weight']![0]!;
      expect(valuesOf(parameters)['layer.0.weight']![0]).toBeCloseTo(-0.1 * 1.5 * g, 6);
      optimizer.dispose();
    });
  });

  test('a parameter that the loss does not depend on, and a state of another model, are refused by name', async () => {
    const parameters = parametersFrom(numbers(5));
    const optimizer = createOptimizer(tf, adamw(), parameters);
    expect(() => optimizer.step({}, { rate: 1 })).toThrow('does not depend on "layer.0.weight"');
    const { steps, tensors } = await optimizer.state();
    const other = { steps, tensors: tensors.filter(({ name }) => name !== 'v/scale') };
    expect(() => createOptimizer(tf, adamw(), parameters, other)).toThrow('no "v/scale" of shape []');
    optimizer.dispose();
    tf.dispose(variablesOf(parameters));
  });
});
