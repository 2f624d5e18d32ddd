import type { Tf } from '../../training/backend.ts';

export type TfModule = Tf & { default?: Tf };

/** The CommonJS module itself, and no banner on stderr. */
export function quiet(module: TfModule): Tf {
  const tf = module.default ?? module;
  tf.enableProdMode();
  return tf;
}

/** The first line of why it does not load, for a person to read. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message.split('\n')[0]! : String(error)).trim();
