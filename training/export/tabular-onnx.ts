import { DriftloopError } from '../../domain/errors.ts';
import type { Artifact } from '../artifact.ts';
import { layersOf } from '../tabular/network.ts';
import { LARGEST_Z } from '../tabular/preprocessing.ts';
import type { Column } from '../tabular/preprocessing.ts';
import { int, ints, listOf, OnnxGraph, rowsOf, strings } from './onnx-graph.ts';
import { dataType, encodeOnnx } from './onnx-schema.ts';

/** Opsets that every ONNX Runtime of the last four years knows. */
const OPSET = 15;
const ML_OPSET = 2;
const IR_VERSION = 8;
const ML = 'ai.onnx.ml';

type Part = Exclude<Column, { kind: 'text' }>;

/**
 * A network for columns as an ONNX model that takes rows as they are: an input [rows, 1] for each feature, numbers as
 * doubles (NaN: missing), categories as strings (empty: missing). It answers with `label` and `scores` in the order of
 * the labels, or with `value`.
 *
 * @throws {DriftloopError} `DL_EXPORT_UNFIT` where a feature is a text
 */
export function tabularOnnx({ signature, weights }: Artifact): Uint8Array {
  const { model, preprocessing, network, temperature, target } = signature;
  const { task } = model;
  const columns = preprocessing.columns.map((column): Part => {
    if (column.kind === 'text')
      throw unfit(model.name, `"${column.name}" is a text, whose words ONNX cannot count`);
    return column;
  });
  const graph = new OnnxGraph();
  const encoded = columns.map((column) => encode(graph, column));
  let values = encoded.length === 1 ? encoded[0]! : graph.apply('Concat', encoded, [int('axis', 1)]);
  for (const { inputs, outputs, kernelAt, biasAt, relu } of layersOf(network)) {
    const kernel = graph.floats([inputs, outputs], weights.slice(kernelAt, biasAt));
    const bias = graph.floats([outputs], weights.slice(biasAt, biasAt + outputs));
    values = graph.apply('Gemm', [values, kernel, bias]);
    if (relu) values = graph.apply('Relu', [values]);
  }
  values = graph.apply('Cast', [values], [int('to', dataType.double)]);
  return encodeOnnx({
    ir_version: IR_VERSION,
    producer_name: 'driftloop',
    opset_import: [
      { domain: '', version: OPSET },
      { domain: ML, version: ML_OPSET },
    ],
    metadata_props: Object.entries({ model: model.name, ...signature.lineage }).map(([key, value]) => ({
      key: `driftloop.${key}`,
      value,
    })),
    graph: {
      name: model.name,
      input: columns.map(({ name, kind }) =>
        rowsOf(name, kind === 'number' ? dataType.double : dataType.string, 1),
      ),
      output:
        task.kind === 'regression'
          ? number(graph, values, target!)
          : labels(graph, values, { names: task.labels, temperature }),
      node: graph.node,
      initializer: graph.initializer,
    },
  });
}

/** What `encode` of preprocessing.ts makes of a column: numbers in double precision, as there. */
function encode(graph: OnnxGraph, column: Part): string {
  const { name, missing } = column;
  if (column.kind === 'category') {
    const count = column.values.length;
    // The empty word stands for a missing one; where it is a value of its own, it is that.
    const words = column.values.includes('') ? column.values : [...column.values, ''];
    const slots = words.map((word, i) => (i < count ? i : word === '' ? count + 1 : i));
    const slot = graph.apply(
      'LabelEncoder',
      [name],
      [strings('keys_strings', words), ints('values_int64s', slots), int('default_int64', count)],
      { domain: ML },
    );
    const flat = graph.apply('Squeeze', [slot, graph.integers([1], [1])]);
    const depth = graph.integers([], [count + 2]);
    const onOff = graph.floats([2], new Float32Array([0, 1]));
    const hot = graph.apply('OneHot', [flat, depth, onOff], [int('axis', -1)]);
    return missing ? hot : sliced(graph, hot, count + 1);
  }
  const isMissing = graph.apply('IsNaN', [name]);
  const centred = graph.apply('Sub', [name, graph.doubles([], [column.mean])]);
  const z = graph.apply('Mul', [centred, graph.doubles([], [column.scale])]);
  const cut = graph.apply('Clip', [z, graph.doubles([], [-LARGEST_Z]), graph.doubles([], [LARGEST_Z])]);
  const known = graph.apply('Where', [isMissing, graph.doubles([], [0]), cut]);
  const value = graph.apply('Cast', [known], [int('to', dataType.float)]);
  if (!missing) return value;
  const says = graph.apply('Cast', [isMissing], [int('to', dataType.float)]);
  return graph.apply('Concat', [value, says], [int('axis', 1)]);
}

/** The first columns of a matrix. */
const sliced = (graph: OnnxGraph, matrix: string, columns: number): string =>
  graph.apply('Slice', [
    matrix,
    graph.integers([1], [0]),
    graph.integers([1], [columns]),
    graph.integers([1], [1]),
  ]);

function number(graph: OnnxGraph, values: string, { mean, deviation }: { mean: number; deviation: number }) {
  const scaled = graph.apply('Mul', [values, graph.doubles([], [deviation])]);
  graph.apply('Add', [scaled, graph.doubles([], [mean])], [], { as: 'value' });
  return [rowsOf('value', dataType.double, 1)];
}

function labels(
  graph: OnnxGraph,
  logits: string,
  { names, temperature }: { names: readonly string[]; temperature: number },
) {
  const cooled = graph.apply('Div', [logits, graph.doubles([], [temperature])]);
  graph.apply('Softmax', [cooled], [int('axis', 1)], { as: 'scores' });
  const top = graph.apply('ArgMax', ['scores'], [int('axis', 1), int('keepdims', 0)]);
  const order = names.map((_, i) => i);
  graph.apply('LabelEncoder', [top], [ints('keys_int64s', order), strings('values_strings', names)], {
    domain: ML,
    as: 'label',
  });
  return [listOf('label', dataType.string), rowsOf('scores', dataType.double, names.length)];
}

export const unfit = (model: string, why: string) =>
  new DriftloopError('DL_EXPORT_UNFIT', `This version of ${model} is not to be had so: ${why}.`, {
    fix: 'Take --format safetensors or --format driftloop, or ask the server: docs/serving.md.',
  });
