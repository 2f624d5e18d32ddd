import type { Feature } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { outputTensors } from '../output-tensors.ts';
import { SIGNATURE } from './predict-body.ts';

const dtypes = { FP64: 'DT_DOUBLE', BYTES: 'DT_STRING', BOOL: 'DT_BOOL' } as const;

/** What TensorFlow Serving says of a model's signature, in its words: sizes are texts, -1 is a row. */
export function signatureOf(config: Pick<ModelConfig, 'name' | 'input' | 'task'>, version: string) {
  const { tensors } = outputTensors(config.task);
  return {
    model_spec: { name: config.name, signature_name: '', version },
    metadata: {
      signature_def: {
        signature_def: {
          [SIGNATURE]: {
            inputs: Object.fromEntries(
              Object.entries(config.input).map(([name, feature]) => [
                name,
                tensorInfo(name, dtypeOf(feature), [-1]),
              ]),
            ),
            outputs: Object.fromEntries(
              tensors.map(({ name, datatype, shape }) => [name, tensorInfo(name, dtypes[datatype], shape)]),
            ),
            method_name: 'tensorflow/serving/predict',
          },
        },
      },
    },
  };
}

const dtypeOf = ({ kind }: Feature) => (kind === 'number' ? dtypes.FP64 : dtypes.BYTES);

const tensorInfo = (name: string, dtype: string, shape: readonly number[]) => ({
  name,
  dtype,
  tensor_shape: { dim: shape.map((size) => ({ size: String(size), name: '' })), unknown_rank: false },
});
