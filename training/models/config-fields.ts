import { z } from 'zod';
import { invalidBase } from './unfit-base.ts';

/** The fields that configs of several architectures share. */
export const count = z
  .int()
  .positive()
  .max(2 ** 24);
export const rate = z
  .number()
  .min(0)
  .max(1)
  .nullish()
  .transform((value) => value ?? 0);
export const epsilon = z.number().positive().max(1);
/** An id, or the first of several. */
export const tokenId = z
  .union([z.int(), z.array(z.int()).min(1)])
  .nullish()
  .transform((id) => (Array.isArray(id) ? id[0]! : (id ?? null)));
/** Class names in the order of their indices; empty where the base names none. */
export const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((names) =>
    Object.entries(names ?? {})
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, name]) => name),
  );

/**
 * Parses with the schema of one architecture.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID`, with every problem and its path
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw invalidBase(`config.json: ${problems.join('; ')}`);
}
