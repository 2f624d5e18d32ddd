import type { Feature, InputRow } from '../../domain/input.ts';

type Model = { input: Readonly<Record<string, Feature>> };

/** The feature of a model that reads nothing but one text. */
export const textFeature = ({ input }: Model): string => Object.keys(input)[0]!;

/** The one text of a row; a missing one is empty. */
export const textOf = (model: Model, row: InputRow): string => String(row[textFeature(model)] ?? '');
