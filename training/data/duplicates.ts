import type { InputRow } from '../../domain/input.ts';
import { contentKey } from './content-key.ts';
import { groupsBy } from './groups-by.ts';
import type { LabelledExample } from './labelled-example.ts';
import { nearDuplicates } from './near-duplicates.ts';

/** Indices of examples that say the same, a group each. */
export type Duplicates = Readonly<{ exact: number[][]; near: number[][] }>;

export type DuplicateOptions = Readonly<{
  /** Columns of sentences: there nearly the same is the same. Categories and numbers are not to be among them. */
  textColumns?: readonly string[];
  /** How similar texts have to be, 0 to 1; see `nearDuplicates`. */
  similarity?: number;
}>;

/**
 * Finds what is there more than once. Exact is what has the same content (`contentKey`); near, among the first of each
 * of these, what has nearly the same text and the same in all other columns.
 */
export function findDuplicates(
  examples: readonly LabelledExample[],
  { textColumns = [], similarity }: DuplicateOptions = {},
): Duplicates {
  const groups = groupsBy(examples.keys(), (i) => contentKey(examples[i]!.input));
  const exact = groups.filter((group) => group.length > 1);
  if (textColumns.length === 0) return { exact, near: [] };
  const left = groups.map(([first]) => first!);
  const alike = groupsBy(left, (i) => contentKey(without(examples[i]!.input, textColumns)));
  const near = alike.flatMap((indices) => {
    const texts = indices.map((i) => textColumns.map((name) => examples[i]!.input[name] ?? '').join('\n'));
    return nearDuplicates(texts, similarity).map((group) => group.map((at) => indices[at]!));
  });
  return { exact, near };
}

/** Rows that are the same to the last digit, label and time included: a group each, all its indices. */
export const findCopies = (examples: readonly LabelledExample[]): number[][] =>
  groupsBy(examples.keys(), (i) => {
    const { input, label, at } = examples[i]!;
    return JSON.stringify([input, label, at]);
  }).filter((group) => group.length > 1);

/** Examples of the same content with different labels: a group each, all its indices. Somebody has to decide. */
export const findConflicts = (examples: readonly LabelledExample[]): number[][] =>
  groupsBy(examples.keys(), (i) => contentKey(examples[i]!.input)).filter(
    (group) => labelsOf(examples, group).size > 1,
  );

/**
 * Which examples to keep: of each exact group the first that has the group's most frequent label. Those that are only
 * nearly the same are one where they agree in their label; else a word may be what makes the difference, and all stay.
 */
export function keptOf(examples: readonly LabelledExample[], { exact, near }: Duplicates): number[] {
  const dropped = new Set<number>();
  const chosen = new Map<number, number>();
  for (const group of exact) {
    const [[, byMost]] = [...labelsOf(examples, group)].sort(([, a], [, b]) => b.length - a.length) as [
      [string, number[]],
    ];
    chosen.set(group[0]!, byMost[0]!);
    for (const i of group) if (i !== byMost[0]) dropped.add(i);
  }
  for (const firsts of near) {
    // Each stands for its exact group.
    const [kept, ...others] = firsts.map((i) => chosen.get(i) ?? i);
    if (labelsOf(examples, [kept!, ...others]).size === 1) for (const i of others) dropped.add(i);
  }
  return [...examples.keys()].filter((i) => !dropped.has(i));
}

/** The labels of some examples, each with those that have it. */
const labelsOf = (examples: readonly LabelledExample[], group: readonly number[]): Map<string, number[]> =>
  new Map(groupsBy(group, (i) => examples[i]!.label).map((same) => [examples[same[0]!]!.label, same]));

const without = (row: InputRow, columns: readonly string[]): InputRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
