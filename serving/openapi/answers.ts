import { z } from 'zod';
import { predictionOutput } from '../../domain/messages.ts';
import { parameters } from '../open-inference/infer-body.ts';

/** What the doors answer. A test holds every answer of the app against these. */

export const prediction = z
  .object({
    predictionId: z.uuidv7().meta({ description: 'what feedback names' }),
    version: z.string().meta({ description: 'the version that answered' }),
  })
  .and(predictionOutput);

/** By rows, or by columns where columns were sent. */
export const predictAnswer = z.union([
  z.object({ predictions: z.array(prediction) }),
  z.object({ outputs: z.record(z.string(), z.array(z.unknown())) }),
]);

const feedbackProblem = z.object({
  index: z.int().nonnegative(),
  code: z.string(),
  message: z.string(),
  fix: z.string(),
});
export const feedbackAccepted = z.object({ accepted: z.int().nonnegative() });
export const feedbackPartlyAccepted = feedbackAccepted.extend({
  feedbackIds: z.array(z.string()).meta({ description: 'of those that were accepted, in their order' }),
  problems: z.array(feedbackProblem),
});

export const models = z.object({ models: z.array(z.string()) });

const versionStatus = z.object({
  version: z.string(),
  state: z.enum(['LOADING', 'AVAILABLE']),
  status: z.object({ error_code: z.enum(['OK', 'UNAVAILABLE']), error_message: z.string() }),
  role: z.enum(['champion', 'challenger']),
  share: z.number().min(0).max(1).meta({ description: 'of the traffic that it answers' }),
  digest: z.string(),
});
export const versionsStatus = z.object({ model_version_status: z.array(versionStatus) });
const generation = z.int().nullable();
export const modelStatus = versionsStatus.extend({
  generation: generation.meta({ description: 'of the route in service' }),
  pendingGeneration: generation.meta({ description: 'of a newer route that is on its way into service' }),
  behindGeneration: generation.meta({ description: 'of an older route that the store shows, not followed' }),
  backend: z.string(),
});

const tensorInfo = z.object({
  name: z.string(),
  dtype: z.enum(['DT_DOUBLE', 'DT_STRING', 'DT_BOOL']),
  tensor_shape: z.object({
    dim: z.array(z.object({ size: z.string(), name: z.string() })),
    unknown_rank: z.boolean(),
  }),
});
const signature = z.object({
  inputs: z.record(z.string(), tensorInfo),
  outputs: z.record(z.string(), tensorInfo),
  method_name: z.string(),
});
export const signatureAnswer = z.object({
  model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
  metadata: z.object({
    signature_def: z.object({ signature_def: z.object({ serving_default: signature }) }),
  }),
});

export const ready = z.object({
  ready: z.boolean(),
  problems: z.array(z.string()).optional(),
  degraded: z.array(z.string()).optional().describe('what does not keep it from answering'),
});
export const live = z.object({ live: z.boolean(), ready: z.boolean().optional() });
export const serverMetadata = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});
export const modelReady = z.object({ name: z.string(), ready: z.boolean() });

const datatype = z.enum(['FP64', 'BYTES', 'BOOL']);
const tensorMetadata = z.object({ name: z.string(), datatype, shape: z.array(z.int()) });
export const modelMetadata = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadata),
  outputs: z.array(tensorMetadata),
  properties: z
    .object({ labels: z.string().meta({ description: 'a JSON list, in the order of the tensors' }) })
    .optional(),
});
export const inferAnswer = z.object({
  model_name: z.string(),
  model_version: z.string().optional(),
  id: z.string().optional(),
  parameters,
  outputs: z.array(tensorMetadata.extend({ data: z.array(z.union([z.number(), z.string(), z.boolean()])) })),
});

const code = z.string().meta({ description: 'stable; docs/reference/errors.md says what each means' });
const problems = z.array(z.record(z.string(), z.unknown())).optional();
export const error = z.object({
  error: z.object({ code, message: z.string(), fix: z.string(), problems }),
});
/** At the doors of other protocols the error is a text. */
export const plainError = z.object({ error: z.string(), code, fix: z.string(), problems });

export const chatAnswer = z.object({
  id: z.uuidv7().meta({ description: 'of the prediction: what feedback names' }),
  object: z.literal('chat.completion'),
  created: z.int().meta({ description: 'in seconds since 1970' }),
  model: z.string(),
  system_fingerprint: z.string().meta({ description: 'the version that answered' }),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: z.enum(['stop', 'length']),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
});
export const chatError = z.object({
  error: z.object({
    message: z.string(),
    type: z.enum(['invalid_request_error', 'server_error']),
    param: z.string().nullable().meta({ description: 'the first field that is wrong' }),
    code,
    fix: z.string(),
  }),
});
