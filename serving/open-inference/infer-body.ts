import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';

export const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .optional()
  .meta({ description: 'server-specific; those of the request are its context, such as the entity' });

/** Images have four. */
const DIMENSIONS_AT_MOST = 8;

const inferInput = z.object({
  name: z.string(),
  shape: z
    .array(z.int().nonnegative())
    .max(DIMENSIONS_AT_MOST, `has more than ${DIMENSIONS_AT_MOST} dimensions`)
    .meta({ description: 'the first dimension is the row' }),
  datatype: z.string(),
  parameters,
  data: z
    .array(z.unknown())
    .optional()
    .meta({ description: 'elements in row-major order, flat or nested; null is a missing value' }),
});
export type InferInput = z.infer<typeof inferInput>;

/** An inference request as the Open Inference Protocol (version 2, REST) has it. */
export const inferBody = z.object({
  id: z.string().optional(),
  parameters,
  inputs: z.array(inferInput).min(1, 'must have at least one input'),
  outputs: z.array(z.object({ name: z.string(), parameters })).optional(),
});
export type InferBody = z.infer<typeof inferBody>;

/** Parameters with which clients of other servers say something to the server; of no use to whoever reads a prediction. */
const ofTheProtocol = new Set([
  'binary_data_output',
  'content_type',
  'headers',
  'priority',
  'sequence_end',
  'sequence_id',
  'sequence_start',
  'timeout',
]);

/** What is kept beside the inputs: the parameters of the request. Undefined where there are none. */
export function contextOf({ parameters }: InferBody): Record<string, unknown> | undefined {
  const context = Object.entries(parameters ?? {}).filter(([name]) => !ofTheProtocol.has(name));
  return context.length === 0 ? undefined : Object.fromEntries(context);
}

export const badInfer = (error: z.ZodError): DriftloopError =>
  new DriftloopError(
    'DL_BODY_INVALID',
    `The body is not an inference request: ${error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; ')}.`,
    { fix: 'Send { "inputs": [ { "name", "shape", "datatype", "data" }, … ] }.' },
  );

/** What Triton's clients send unless they are told not to. */
export const binaryTensors = (): DriftloopError =>
  new DriftloopError('DL_BODY_INVALID', 'The body has binary tensors behind its JSON.', {
    fix: 'Send tensors as JSON (of tritonclient: binary_data=False); the binary data extension is not spoken here.',
  });
