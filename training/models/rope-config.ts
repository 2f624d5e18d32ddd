import { z } from 'zod';
import { parseConfig } from './config-fields.ts';
import { unsupportedBase } from './unfit-base.ts';

/** How positions turn pairs of units: by θ^(−2i/d) a step, which `linear` and `llama3` slow down for longer texts. */
export type Rope =
  | { kind: 'default'; theta: number }
  | { kind: 'linear'; theta: number; factor: number }
  | {
      kind: 'llama3';
      theta: number;
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      /** The length, in tokens, that the base was trained on before it was stretched. */
      originalPositions: number;
    };

/** `type` is the older spelling of `rope_type`; `partial_rotary_factor` would turn only some of the units. */
const parameters = z
  .object({
    rope_theta: z.number().positive().nullish(),
    rope_type: z.string().nullish(),
    type: z.string().nullish(),
    factor: z.number().positive().nullish(),
    low_freq_factor: z.number().positive().nullish(),
    high_freq_factor: z.number().positive().nullish(),
    original_max_position_embeddings: z.int().positive().nullish(),
    partial_rotary_factor: z.number().nullish(),
  })
  .nullish();

const schema = z.object({
  rope_theta: z.number().positive().nullish(),
  rope_scaling: parameters,
  rope_parameters: parameters,
  partial_rotary_factor: z.number().nullish(),
});

const DEFAULT_THETA = 10_000;

const stretched = z.object({ factor: z.number().positive() });
const llama3 = z.object({
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.int().positive(),
});

/**
 * Out of a whole `config.json`: release 5 has everything in `rope_parameters`, release 4 has `rope_theta` and
 * `rope_scaling`.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export function readRope(json: unknown): Rope {
  const c = parseConfig(schema, json);
  const given = c.rope_parameters ?? c.rope_scaling ?? {};
  const theta = given.rope_theta ?? c.rope_theta ?? DEFAULT_THETA;
  if ((given.partial_rotary_factor ?? c.partial_rotary_factor ?? 1) !== 1)
    throw unsupportedBase('rotary positions on a part of each head', 'Take a Llama that turns whole heads');
  const kind = given.rope_type ?? given.type ?? 'default';
  switch (kind) {
    case 'default':
      return { kind, theta };
    case 'linear':
      return { kind, theta, factor: parseConfig(stretched, given).factor };
    case 'llama3': {
      const scaling = parseConfig(llama3, given);
      return {
        kind,
        theta,
        factor: scaling.factor,
        lowFrequencyFactor: scaling.low_freq_factor,
        highFrequencyFactor: scaling.high_freq_factor,
        originalPositions: scaling.original_max_position_embeddings,
      };
    }
    default:
      throw unsupportedBase(
        `rotary positions of the kind "${kind}"`,
        'Take a base with default, linear or llama3',
      );
  }
}
