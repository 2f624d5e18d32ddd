import type { ModelConfig } from '../../domain/model-config.ts';
import { outputTensors } from '../output-tensors.ts';
import type { OutputTensor } from '../output-tensors.ts';
import { datatypesOf } from './datatypes.ts';
import type { InferBody } from './infer-body.ts';
import { refuse } from './read-tensors.ts';

type Model = Pick<ModelConfig, 'name' | 'input' | 'task'>;

/** The metadata of a model: its features and answers as tensors, and the order of its labels. */
export function describeModel({ name, input, task }: Model, versions: readonly string[]) {
  const { tensors, columns } = outputTensors(task);
  return {
    name,
    versions,
    platform: 'driftloop_artifact',
    inputs: Object.entries(input).map(([feature, { kind }]) => ({
      name: feature,
      datatype: datatypesOf[kind][0],
      shape: [-1],
    })),
    outputs: tensors.map(({ name: output, datatype, shape }) => ({ name: output, datatype, shape })),
    ...(columns.length === 0 ? {} : { properties: { labels: JSON.stringify(columns) } }),
  };
}

/**
 * The tensors that a request wants, in its order; all of them where it does not say.
 *
 * @throws {TensorsInvalid} where one is wanted that the model does not answer
 */
export function wantedOutputs({ name: model, task }: Model, wanted: InferBody['outputs']): OutputTensor[] {
  const { tensors } = outputTensors(task);
  if (wanted === undefined || wanted.length === 0) return tensors;
  const names = tensors.map(({ name }) => name);
  const fix = `Ask for ${names.join(', ')}, each once, or leave "outputs" out for all of them.`;
  refuse(
    model,
    wanted.flatMap(({ name }, place) => {
      if (!names.includes(name)) return [{ tensor: name, problem: 'is no output of this model', fix }];
      const isTwice = wanted.findIndex((one) => one.name === name) < place;
      return isTwice ? [{ tensor: name, problem: 'is wanted twice', fix }] : [];
    }),
  );
  return wanted.map(({ name }) => tensors.find((tensor) => tensor.name === name)!);
}
