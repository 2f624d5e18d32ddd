import { z } from 'zod';

/** Longer sides than that are no input of a network. */
const SIDE_AT_MOST = 4_096;
const side = z.int().positive().max(SIDE_AT_MOST);

/** What a model may be given under one name. `null` is a missing value and always allowed. */
export const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number') }),
  z.strictObject({ kind: z.literal('category'), values: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal('text') }),
  z.strictObject({
    kind: z.literal('image'),
    /** Pixels that the network sees; other images are stretched to that. */
    width: side,
    height: side,
    /** 1: grey, 3: red, green and blue. */
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Of numbers that are pixels: what black is, and what white is. Without it 0 and 255. */
    range: z.tuple([z.number(), z.number()]).optional(),
    /** Columns of numbers, a pixel each, row by row, and how large the image is. Without them one value holds it. */
    columns: z
      .strictObject({
        names: z.array(z.string()).min(1),
        width: side,
        height: side,
        channels: z.union([z.literal(1), z.literal(3)]),
      })
      .optional(),
  }),
]);
export type Feature = z.infer<typeof featureSchema>;
export type ImageFeature = Extract<Feature, { kind: 'image' }>;

/** A number; missing values are allowed and learnt as such. */
export const number = () => ({ kind: 'number' }) as const;

/** One of a few known words (or numbers written as words). Others count as unknown, and are counted. */
export const category = <const V extends string>(values: readonly V[]) =>
  ({ kind: 'category', values: [...values] }) as { kind: 'category'; values: V[] };

/**
 * Words in any order and number. Beside other features its frequent words are columns of the table; a model that reads
 * one text and nothing else is a network for language.
 */
export const text = () => ({ kind: 'text' }) as const;

/**
 * A picture: base64 of a PNG, JPEG or WebP, or its pixels as numbers; in a file also the name of one. It is kept as the
 * network sees it.
 *
 * @example image({ width: 224, height: 224, channels: 3 })
 */
export const image = (options: Omit<ImageFeature, 'kind'>) => ({ kind: 'image', ...options }) as const;

export type FeatureValue = number | string | null;
/** One instance, by feature name. */
export type InputRow = Readonly<Record<string, FeatureValue>>;

/** The one image that a model reads, and its name; null where it reads anything else. */
export function imageOf(
  input: Readonly<Record<string, Feature>>,
): { name: string; feature: ImageFeature } | null {
  const [[name, feature] = [], ...others] = Object.entries(input);
  return name !== undefined && feature?.kind === 'image' && others.length === 0 ? { name, feature } : null;
}

/** Whether a model reads one text and nothing else: a network for language answers it, not one for tables. */
export function readsText(input: Readonly<Record<string, Feature>>): boolean {
  const features = Object.values(input);
  return features.length === 1 && features[0]!.kind === 'text';
}
