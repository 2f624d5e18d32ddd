import { unsupportedBase } from './unfit-base.ts';

/** The activations of a feed-forward part: the exact GELU, its tanh approximation, ReLU, SiLU. */
export type ActivationName = 'gelu' | 'gelu-tanh' | 'relu' | 'silu';

/** As Hugging Face spells them (`ACT2FN`). */
const spelled: Readonly<Record<string, ActivationName>> = {
  gelu: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
};

/** @throws {DriftloopError} `DL_BASE_UNSUPPORTED` */
export function activationNamed(name: string): ActivationName {
  const known = Object.hasOwn(spelled, name) ? spelled[name] : undefined;
  if (known) return known;
  throw unsupportedBase(
    `the activation "${name}"`,
    `Take a base with one of ${Object.keys(spelled).join(', ')}`,
  );
}
