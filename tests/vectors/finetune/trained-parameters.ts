import type { Parameters } from '../../../training/models/parameters.ts';
import type { RecordedRun } from './recorded-run.ts';
import { expectNumbers, lengthOf } from './vector-model.ts';
import type { VectorModel } from './vector-model.ts';

/** A run after which all parameters were measured. */
export type Recorded = RecordedRun & { param_l2_after_5?: Record<string, number> };

/** Where a gradient is only rounding, Adam makes whole steps of it: those numbers are nobody's. */
const COUNTS_FROM = 1e-5;

export function expectAfterAdamw(
  model: VectorModel,
  unclear: readonly string[],
  run: Recorded,
  parameters: Parameters,
): void {
  expectLengths(run, parameters, unclear);
  const gradients = model.tensors('fullft/grads_step0.safetensors');
  expectTensors(model, 'fullft/adamw_after_5.safetensors', parameters, { abs: 1e-4 }, (name, index) => {
    const gradient = gradients.get(name)!.values[index]!;
    return Math.abs(gradient) > COUNTS_FROM && !unclear.some((range) => isWithin(range, name, index));
  });
}

/** `name`, or `name[from:to]`. */
function isWithin(range: string, name: string, index: number): boolean {
  const [, whole, from, to] = /^(.+?)(?:\[(\d+):(\d+)\])?$/.exec(range)!;
  return whole === name && (from === undefined || (index >= Number(from) && index < Number(to)));
}

export function expectLengths(
  { param_l2_after_5: lengths }: Recorded,
  parameters: Parameters,
  unclear: readonly string[],
): void {
  for (const [name, length] of Object.entries(lengths ?? {})) {
    if (unclear.some((range) => range === name || range.startsWith(`${name}[`))) continue;
    const ours = lengthOf(parameters.get(name)!.dataSync());
    expectNumbers([ours], [length], { rel: 1e-4 }, `length of ${name}`);
  }
}

export function expectTensors(
  model: VectorModel,
  file: string,
  parameters: Parameters,
  tolerance: { abs: number },
  counts: (name: string, index: number) => boolean = () => true,
): void {
  for (const [name, { values }] of model.tensors(file))
    expectNumbers(parameters.get(name)!.dataSync(), values, tolerance, name, (index) => counts(name, index));
}
