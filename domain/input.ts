import { z } from 'zod';

/** What a model may be given under one name. `null` is a missing value and always allowed. */
export const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number') }),
  z.strictObject({ kind: z.literal('category'), values: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal('text') }),
]);
export type Feature = z.infer<typeof featureSchema>;

/** A number; missing values are allowed and learnt as such. */
export const number = () => ({ kind: 'number' }) as const;

/** One of a few known words (or numbers written as words). Others count as unknown, and are counted. */
export const category = <const V extends string>(values: readonly V[]) =>
  ({ kind: 'category', values: [...values] }) as { kind: 'category'; values: V[] };

/** Words in any order and number. A model that reads one text and nothing else is a network for language. */
export const text = () => ({ kind: 'text' }) as const;

export type FeatureValue = number | string | null;
/** One instance, by feature name. */
export type InputRow = Readonly<Record<string, FeatureValue>>;

/** Whether a model reads one text and nothing else: a network for language answers it, not one for tables. */
export function readsText(input: Readonly<Record<string, Feature>>): boolean {
  const features = Object.values(input);
  return features.length === 1 && features[0]!.kind === 'text';
}
