/**
 * The prototype's network in plain typed arrays: one hidden layer of ReLU units, softmax, cross-entropy, Adam with a
 * cosine decay to zero, inputs standardised on the training rows. An independent peer of the product's trainer for
 * small benches: no tensors, no operations to dispatch.
 *
 * Source of Adam: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Matrix = Readonly<{ values: Float32Array; rows: number; columns: number }>;

export type MlpOptions = Readonly<{
  hidden: number;
  learningRate: number;
  batchSize: number;
  epochs: number;
  minSteps: number;
  maxSteps: number;
}>;

export const prototypeOptions: MlpOptions = {
  hidden: 32,
  learningRate: 3e-3,
  batchSize: 64,
  epochs: 60,
  minSteps: 1000,
  maxSteps: 4000,
};

export type Mlp = Readonly<{
  inputs: number;
  hidden: number;
  classes: number;
  mean: Float64Array;
  scale: Float64Array;
  /** W1 [hidden × inputs], b1 [hidden], W2 [classes × hidden], b2 [classes], one after the other. */
  weights: Float32Array;
}>;

/** Mean and 1/σ of each column of the rows [from, to). A column with max = min tells nothing: it is left at zero. */
function standardise({ values, columns }: Matrix, from: number, to: number) {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  const rows = to - from;
  for (let j = 0; j < columns; j += 1) {
    let [sum, low, high] = [0, Infinity, -Infinity];
    for (let i = from; i < to; i += 1) {
      const x = values[i * columns + j]!;
      sum += x;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    const m = sum / rows;
    let squares = 0;
    for (let i = from; i < to; i += 1) squares += (values[i * columns + j]! - m) ** 2;
    mean[j] = m;
    scale[j] = high > low ? 1 / Math.sqrt(squares / rows) : 0;
  }
  return { mean, scale };
}

function random(seed: number) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const shuffle = (items: Int32Array) => {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = Math.floor(uniform() * (i + 1));
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
  };
  return { uniform, shuffle };
}

function standardised(
  data: Matrix,
  mlp: Pick<Mlp, 'mean' | 'scale'>,
  from: number,
  to: number,
): Float32Array {
  const { columns, values } = data;
  const out = new Float32Array((to - from) * columns);
  for (let i = 0; i < out.length; i += 1) {
    const j = i % columns;
    out[i] = (values[from * columns + i]! - mlp.mean[j]!) * mlp.scale[j]!;
  }
  return out;
}

export function trainMlp(
  data: Matrix,
  labels: ArrayLike<number>,
  { from, to, classes, seed }: { from: number; to: number; classes: number; seed: number },
  options: MlpOptions = prototypeOptions,
): Mlp {
  const { hidden, learningRate, batchSize, epochs, minSteps, maxSteps } = options;
  const inputs = data.columns;
  const { uniform, shuffle } = random(seed);
  const { mean, scale } = standardise(data, from, to);
  const x = standardised(data, { mean, scale }, from, to);
  const rows = to - from;

  const [b1At, w2At] = [hidden * inputs, hidden * inputs + hidden];
  const b2At = w2At + classes * hidden;
  const size = b2At + classes;
  const w = new Float32Array(size);
  const glorot = (fanIn: number, fanOut: number) => Math.sqrt(6 / (fanIn + fanOut));
  for (let i = 0; i < b1At; i += 1) w[i] = (2 * uniform() - 1) * glorot(inputs, hidden);
  for (let i = w2At; i < b2At; i += 1) w[i] = (2 * uniform() - 1) * glorot(hidden, classes);

  const gradient = new Float32Array(size);
  const [m, v] = [new Float32Array(size), new Float32Array(size)];
  const h = new Float32Array(hidden);
  const dh = new Float32Array(hidden);
  const p = new Float64Array(classes);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  const steps = Math.min(maxSteps, Math.max(minSteps, epochs * stepsPerEpoch));
  let [decay1, decay2] = [1, 1];

  for (let step = 0; step < steps; step += 1) {
    const batch = step % stepsPerEpoch;
    if (batch === 0) shuffle(order);
    const [first, last] = [batch * batchSize, Math.min(rows, (batch + 1) * batchSize)];
    gradient.fill(0);
    for (let r = first; r < last; r += 1) {
      const row = order[r]!;
      const at = row * inputs;
      for (let k = 0; k < hidden; k += 1) {
        let sum = w[b1At + k]!;
        for (let j = 0; j < inputs; j += 1) sum += w[k * inputs + j]! * x[at + j]!;
        h[k] = sum > 0 ? sum : 0;
      }
      let largest = -Infinity;
      for (let c = 0; c < classes; c += 1) {
        let sum = w[b2At + c]!;
        for (let k = 0; k < hidden; k += 1) sum += w[w2At + c * hidden + k]! * h[k]!;
        p[c] = sum;
        if (sum > largest) largest = sum;
      }
      let total = 0;
      for (let c = 0; c < classes; c += 1) total += p[c] = Math.exp(p[c]! - largest);
      dh.fill(0);
      const label = labels[from + row]!;
      for (let c = 0; c < classes; c += 1) {
        const delta = p[c]! / total - (c === label ? 1 : 0);
        gradient[b2At + c]! += delta;
        for (let k = 0; k < hidden; k += 1) {
          const i = w2At + c * hidden + k;
          gradient[i]! += delta * h[k]!;
          dh[k]! += delta * w[i]!;
        }
      }
      for (let k = 0; k < hidden; k += 1) {
        if (h[k]! <= 0) continue;
        const delta = dh[k]!;
        gradient[b1At + k]! += delta;
        for (let j = 0; j < inputs; j += 1) gradient[k * inputs + j]! += delta * x[at + j]!;
      }
    }
    decay1 *= 0.9;
    decay2 *= 0.999;
    const rate = (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    const count = last - first;
    for (let i = 0; i < size; i += 1) {
      const g = gradient[i]! / count;
      const mi = (m[i] = 0.9 * m[i]! + 0.1 * g);
      const vi = (v[i] = 0.999 * v[i]! + 0.001 * g * g);
      w[i]! -= (rate * (mi / (1 - decay1))) / (Math.sqrt(vi / (1 - decay2)) + 1e-8);
    }
  }
  return { inputs, hidden, classes, mean, scale, weights: w };
}

/** The most probable class of each row [from, to). */
export function predictMlp(mlp: Mlp, data: Matrix, from: number, to: number): Uint8Array {
  const { inputs, hidden, classes, weights: w } = mlp;
  const x = standardised(data, mlp, from, to);
  const [b1At, w2At] = [hidden * inputs, hidden * inputs + hidden];
  const b2At = w2At + classes * hidden;
  const h = new Float32Array(hidden);
  const out = new Uint8Array(to - from);
  for (let row = 0; row < out.length; row += 1) {
    for (let k = 0; k < hidden; k += 1) {
      let sum = w[b1At + k]!;
      for (let j = 0; j < inputs; j += 1) sum += w[k * inputs + j]! * x[row * inputs + j]!;
      h[k] = sum > 0 ? sum : 0;
    }
    let largest = -Infinity;
    for (let c = 0; c < classes; c += 1) {
      let sum = w[b2At + c]!;
      for (let k = 0; k < hidden; k += 1) sum += w[w2At + c * hidden + k]! * h[k]!;
      if (sum > largest) [largest, out[row]] = [sum, c];
    }
  }
  return out;
}
