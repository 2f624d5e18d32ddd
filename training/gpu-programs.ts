import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';

/**
 * A program of our own for WebGPU, in WGSL. tfjs composes what is one program here of five to fifteen, and each costs
 * the processor 40 µs to send and the GPU a pass over memory; and it reads integers as float32, so that the 32 bits of
 * packed codes do not survive its own operations.
 */
export type GpuProgram = Readonly<{
  /** What is compiled is kept under it: another text needs another name. */
  name: string;
  /** The arrays that the text reads, by name, in the order of `run`. */
  inputs: readonly string[];
  /** Numbers that differ from run to run: `uniforms.<name>` in the text. */
  constants?: readonly Constant[];
  /**
   * `each`: a thread for each number of the result, whose place is `index`. `row`: so many threads for each row of an
   * input, which is `row`; this is thread `lane` of `LANES`, and `rowSum(lane, x)` and `rowMax(lane, x)` put together
   * what each of them has. All threads have to get there: no `return` and no condition before these.
   */
  threads: 'each' | 'row';
  /** Of a `row` program; a power of 2. */
  lanes?: number;
  /** Declarations outside of the function. */
  before?: string;
  /** Statements. They write `result[…]`. */
  body: string;
}>;

export type Constant = Readonly<{ name: string; type: 'f32' | 'i32' | 'u32' }>;

/** How many threads share a row where a program does not say. */
export const ROW_THREADS = 128;

export type GpuPrograms = {
  /**
   * Nothing in it is seen by automatic differentiation: use it outside of a gradient, or inside a custom one. The result
   * belongs to the open `tidy`.
   *
   * @param rows of a `row` program; the first dimension of the result where nothing is said
   */
  run(
    program: GpuProgram,
    inputs: readonly TensorInfo[],
    result: { shape: readonly number[]; rows?: number; constants?: readonly number[] },
  ): Tensor;
};

/** What tfjs' WebGPU backend (4.22, its last release) runs. This file and no other knows that interface. */
type Runnable = {
  variableNames: string[];
  outputShape: number[];
  shaderKey: string;
  size: boolean;
  uniforms: string;
  workgroupSize: [number, number, number];
  dispatch: [number, number, number];
  dispatchLayout: { x: number[] };
  getUserCode(): string;
};
type Uniform = { type: 'float32' | 'int32' | 'uint32'; data: number[] };
type GpuBackend = {
  runWebGPUProgram(
    program: Runnable,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: Uniform[],
  ): TensorInfo;
};

const WEBGPU_BACKEND = 'webgpu';
const EACH_THREADS = 64;
const uniformTypes = { f32: 'float32', i32: 'int32', u32: 'uint32' } as const;

/** Programs on the backend that computes now; null where it is not WebGPU. */
export function gpuPrograms(tf: Tf): GpuPrograms | null {
  if (tf.getBackend() !== WEBGPU_BACKEND) return null;
  const backend = tf.backend() as unknown as GpuBackend;
  return {
    run(program, inputs, { shape, rows = shape[0] ?? 1, constants = [] }) {
      const uniforms = (program.constants ?? []).map(({ type }, i): Uniform => ({
        type: uniformTypes[type],
        data: [constants[i]!],
      }));
      // What it is told to be the size is what bounds its threads; of rows there may be fewer than of results.
      const bound: Uniform = { type: 'int32', data: [program.threads === 'row' ? rows : sizeOf(shape)] };
      const made = backend.runWebGPUProgram(runnable(program, shape, rows), inputs, 'float32', [
        bound,
        ...uniforms,
      ]);
      return tf.engine().makeTensorFromTensorInfo(made);
    },
  };
}

const EACH = 'if (index >= uniforms.bound) { return; }';
/** Threads beyond the last row do it once more: a barrier has to be met by all of a workgroup. */
const ROW = 'let row = min(index / LANES, uniforms.bound - 1); let lane = index % LANES;';

const together = (name: string, operation: string): string => `
fn ${name}(lane : i32, mine : f32) -> f32 {
  shared_by_row[lane] = mine;
  workgroupBarrier();
  for (var half = LANES / 2; half > 0; half = half / 2) {
    if (lane < half) {
      let a = shared_by_row[lane];
      let b = shared_by_row[lane + half];
      shared_by_row[lane] = ${operation};
    }
    workgroupBarrier();
  }
  let all = shared_by_row[0];
  workgroupBarrier();
  return all;
}`;
const ROW_FUNCTIONS = `var<workgroup> shared_by_row : array<f32, LANES>;
${together('rowSum', 'a + b')}
${together('rowMax', 'max(a, b)')}`;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function runnable(program: GpuProgram, shape: readonly number[], rows: number): Runnable {
  const { name, inputs, constants = [], threads, lanes = ROW_THREADS, before = '', body } = program;
  const each = threads === 'each';
  const width = each ? EACH_THREADS : lanes;
  const groups = each ? Math.ceil(sizeOf(shape) / width) : rows;
  const main = `${each ? EACH : ROW}\n${body}`;
  return {
    variableNames: [...inputs],
    outputShape: [...shape],
    shaderKey: `driftloop-${name}`,
    size: false,
    uniforms: ['bound : i32,', ...constants.map((one) => `${one.name} : ${one.type},`)].join(' '),
    workgroupSize: [width, 1, 1],
    dispatch: [groups, 1, 1],
    dispatchLayout: { x: shape.map((_, i) => i) },
    getUserCode: () =>
      `${each ? '' : `const LANES = ${lanes};\n${ROW_FUNCTIONS}`}\n${before}\nfn main(index : i32) {\n${main}\n}`,
  };
}
