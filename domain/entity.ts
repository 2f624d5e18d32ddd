import type { ModelConfig } from './model-config.ts';

/**
 * The entity of a request: a field of its context, where the model names one and the request has it. Null otherwise.
 * Sticky routing and partitions for life must agree on it.
 */
export function entityOf(
  { entity }: Pick<ModelConfig, 'entity'>,
  context: Readonly<Record<string, unknown>> | null | undefined,
): string | null {
  const value = entity === undefined ? undefined : context?.[entity];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
