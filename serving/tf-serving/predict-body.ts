import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { DEEPEST, isNestedTooDeep } from '../../domain/nesting.ts';

/** A model has one signature, and this is its name where a client insists on one. */
export const SIGNATURE = 'serving_default';

export const predictBody = z
  .object({
    instances: z.array(z.unknown()).min(1, 'must have at least one instance').optional().meta({
      description:
        'rows: objects of features, or bare values where the model has one input; null is a missing value',
    }),
    inputs: z
      .union([z.record(z.string(), z.array(z.unknown())), z.array(z.unknown())], {
        error: 'must be an object of columns, { feature: [ value, … ] }, or one column',
      })
      .optional()
      .meta({
        description: 'the same by columns: an object of lists, or one list where the model has one input',
      }),
    signature_name: z
      .enum(['', SIGNATURE], { error: `a model has one signature, "${SIGNATURE}"` })
      .optional(),
    context: z
      .record(z.string(), z.unknown())
      .refine((context) => !isNestedTooDeep(context), `is nested more than ${DEEPEST} deep`)
      .optional()
      .meta({ description: 'what is known beside the inputs, such as the entity of sticky routing' }),
  })
  .refine(({ instances, inputs }) => (instances === undefined) !== (inputs === undefined), {
    path: ['instances'],
    error: 'or inputs must be given, and not both',
  });
export type PredictBody = z.infer<typeof predictBody>;

type Features = ModelConfig['input'];

/** The rows of a request as their model's config names them, whichever way round they were sent. */
export const rowsOf = ({ instances, inputs }: PredictBody, input: Features): unknown[] =>
  instances === undefined ? rowsOfColumns(inputs ?? {}, input) : instances.map((one) => named(one, input));

/** A model with one input may be sent bare values, as TensorFlow Serving takes them: `["a text", "another"]`. */
function named(instance: unknown, input: Features): unknown {
  const [name, ...others] = Object.keys(input);
  if (name === undefined || others.length > 0) return instance;
  const isRow = typeof instance === 'object' && instance !== null && !Array.isArray(instance);
  const isBytes = isRow && Object.keys(instance).join() === 'b64' && name !== 'b64';
  return isRow && !isBytes ? instance : { [name]: instance };
}

function rowsOfColumns(inputs: NonNullable<PredictBody['inputs']>, input: Features): unknown[] {
  if (Array.isArray(inputs)) {
    const [name, ...others] = Object.keys(input);
    if (name === undefined || others.length > 0)
      throw invalid(
        'inputs: one column, but the model has several inputs',
        'Send an object: { feature: [ value, … ] }.',
      );
    return rowsOfColumns({ [name]: inputs }, input);
  }
  const columns = Object.entries(inputs);
  const rows = columns[0]?.[1].length ?? 0;
  if (rows === 0) throw invalid('inputs: no rows', 'Send one value a row in each column.');
  const uneven = columns.find(([, column]) => column.length !== rows);
  if (uneven !== undefined)
    throw invalid(
      `inputs: ${columns[0]![0]} has ${rows} rows, ${uneven[0]} has ${uneven[1].length}`,
      'Send one value a row in each column; null where it is missing.',
    );
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map(([name, column]) => [
        name,
        input[name]?.kind === 'image' ? column[row] : bare(column[row]),
      ]),
    ),
  );
}

/** A column may have its own dimension: [[1], [2]] is [1, 2]. */
const bare = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);

export const badBody = (error: z.ZodError): DriftloopError =>
  invalid(
    error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; '),
    'Send { "instances": [ { feature: value, … } ], "context"?: { … } }, or "inputs": { feature: [ value, … ] }.',
  );

const invalid = (what: string, fix: string) =>
  new DriftloopError('DL_BODY_INVALID', `The body is not a predict request: ${what}.`, { fix });
