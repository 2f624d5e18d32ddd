import { sayValue } from '../../domain/check-instance.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Feature } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { datatypes, datatypesOf } from './datatypes.ts';
import type { Datatype } from './datatypes.ts';
import type { InferInput } from './infer-body.ts';
import { elementsOf, say } from './tensor-data.ts';

/** One thing that is wrong with a tensor, with what to do. */
export type TensorProblem = { tensor: string; problem: string; fix: string };

/** What was sent is not what the model takes; every problem at once. */
export class TensorsInvalid extends DriftloopError {
  readonly problems: readonly TensorProblem[];
  constructor(model: string, problems: readonly [TensorProblem, ...TensorProblem[]]) {
    const lines = problems.slice(0, 10).map(({ tensor, problem }) => `${tensor} ${problem}`);
    const more = problems.length > lines.length ? [`and ${problems.length - lines.length} more`] : [];
    super('DL_TENSOR_INVALID', `${model} cannot answer this: ${[...lines, ...more].join('; ')}.`, {
      fix: problems[0].fix,
    });
    this.problems = problems;
  }
}

type Model = Pick<ModelConfig, 'name' | 'input'>;

/**
 * The rows of a request: one value of each tensor. The first dimension of every tensor is the row; a feature has one
 * value a row, [n] or [n, 1], and an image may be [n, height, width] or [n, height, width, channels] of pixels.
 *
 * @throws {TensorsInvalid}
 */
export function rowsOfTensors({ name: model, input }: Model, tensors: readonly InferInput[]): unknown[] {
  const problems: TensorProblem[] = [];
  const columns: { name: string; values: readonly unknown[] }[] = [];
  for (const [name, feature] of Object.entries(input)) {
    const [tensor, twice] = tensors.filter((one) => one.name === name);
    const column = read(name, feature, tensor, twice !== undefined);
    if ('values' in column) columns.push({ name, values: column.values });
    else problems.push({ tensor: name, ...column });
  }
  for (const { name } of tensors)
    if (!Object.hasOwn(input, name)) problems.push({ tensor: name, ...unknown(Object.keys(input)) });
  const [first, ...others] = columns;
  for (const { name, values } of others)
    if (values.length !== first!.values.length)
      problems.push({
        tensor: name,
        problem: `has ${values.length} rows, ${first!.name} has ${first!.values.length}`,
        fix: 'Send the same rows in each tensor.',
      });
  refuse(model, problems);
  return Array.from({ length: first?.values.length ?? 0 }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
  );
}

/** Throws what is wrong, if anything is. */
export function refuse(model: string, [first, ...others]: readonly TensorProblem[]): void {
  if (first !== undefined) throw new TensorsInvalid(model, [first, ...others]);
}

const unknown = (names: readonly string[]) => ({
  problem: 'is no input of this model',
  fix: `Send ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`,
});

type Column = { values: readonly unknown[] } | Omit<TensorProblem, 'tensor'>;

function read(name: string, feature: Feature, tensor: InferInput | undefined, isTwice: boolean): Column {
  const takes: readonly Datatype[] = datatypesOf[feature.kind];
  if (tensor === undefined)
    return {
      problem: 'is missing',
      fix: `Send an input "${name}" of ${takes[0]}; null where a value is missing.`,
    };
  if (isTwice) return { problem: 'is there twice', fix: `Send "${name}" once.` };
  const datatype = takes.find((one) => one === tensor.datatype);
  if (datatype === undefined)
    return { problem: `is of ${tensor.datatype}`, fix: `Send it as one of ${takes.join(', ')}.` };
  if (tensor.data === undefined)
    return {
      problem: 'has no data',
      fix: 'Send its elements as JSON under "data"; the binary data extension is not spoken here.',
    };
  const { shape } = tensor;
  const isPixels = feature.kind === 'image' && datatype !== 'BYTES';
  const isFit = isPixels
    ? [3, 4].includes(shape.length)
    : shape.length > 0 && shape.slice(1).every((side) => side === 1);
  if (!isFit)
    return {
      problem: `has the shape ${say(shape)}`,
      fix: isPixels
        ? 'Send pixels as [rows, height, width] or [rows, height, width, channels].'
        : 'Send one value a row: [rows] or [rows, 1].',
    };
  if (shape.includes(0)) return { problem: 'has no rows', fix: 'Send at least one row.' };
  const found = elementsOf(tensor.data, shape);
  if ('problem' in found) return { problem: found.problem, fix: 'Correct its shape, or its data.' };
  const { holds, says } = datatypes[datatype];
  const odd = found.elements.findIndex((one) => one !== null && !holds(one));
  if (odd >= 0)
    return {
      problem: `has ${sayValue(found.elements[odd])} at ${odd}; ${datatype} holds ${says}`,
      fix: 'Correct it, or write null where the value is missing.',
    };
  return { values: isPixels ? images(found.elements, shape) : found.elements };
}

/** A list of pixels for each row, as `instances` has them: [row][column], with channels only where there are several. */
function images(elements: readonly unknown[], shape: readonly number[]): unknown[] {
  const sides = shape.at(-1) === 1 && shape.length === 4 ? shape.slice(0, -1) : shape;
  let level = elements;
  for (const side of sides.slice(1).reverse()) level = inParts(level, side);
  return [...level];
}

const inParts = (list: readonly unknown[], size: number): unknown[][] =>
  Array.from({ length: list.length / size }, (_, part) => list.slice(part * size, (part + 1) * size));
