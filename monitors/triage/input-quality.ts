/**
 * Is the data broken, rather than the world another one? What the newest rows are asked, and from when on it stops a
 * training:
 *
 *     gone, frozen    a feature vanishes or does not vary any more (broken-features.ts)
 *     missing         in `rise` more of the rows than in training
 *     type change     values of another type than the feature's, in `rise` more of the rows: numbers as text
 *     new category    words that the config does not declare, in `rise` more of the rows than in training
 *     rescaled        a number comes times one factor (rescaled.ts)
 *     duplicates      half of the rows are the same as one shortly before, where hardly any were: of a few categories many
 *                     rows are alike anyway
 *     refused         `rise` more of the messages cannot be read; what still comes is a selection
 *
 * Missing, types and categories also against the time before, where it has rows enough for habits. A smaller rise is the
 * world's, or worth an alert of its own; a model can learn to live with it.
 */
import type { Feature, FeatureValue, InputRow } from '../../domain/input.ts';
import { missingBin, unknownBin } from '../../domain/reference-shares.ts';
import type { FeatureReference, ReferenceShares } from '../../domain/reference-shares.ts';
import { emptyProfile, profileColumn } from '../detectors/quality/column-profile.ts';
import type { ColumnProfile } from '../detectors/quality/column-profile.ts';
import { countDuplicates, findDuplicates, findSchemaViolations } from '../detectors/quality/counted.ts';
import { findMissing } from '../detectors/quality/missing.ts';
import { findNewCategories } from '../detectors/quality/new-category.ts';
import { findTypeChange } from '../detectors/quality/type-change.ts';
import { usualRise } from '../detectors/quality/quality-finding.ts';
import type { Count, RiseOptions } from '../detectors/quality/quality-finding.ts';
import { findBrokenFeatures } from './broken-features.ts';
import { findFactor } from './rescaled.ts';

export type Counts = Readonly<{ before: Count; now: Count }>;

export type InputQuality = Readonly<{
  /** As the config declares them. */
  input: Readonly<Record<string, Feature>>;
  /** The newest live inputs, labelled or not, oldest first. */
  newest: readonly InputRow[];
  /** Labelled inputs from before; may be empty. */
  before: readonly InputRow[];
  reference: ReferenceShares | null;
  /** Refused messages among all: those of the newest predictions, and of the time before them. */
  refused: Counts;
}>;

export type QualityOptions = RiseOptions &
  Readonly<{
    /** So many of the newest rows are looked at: more is later and surer. */
    newestRows: number;
  }>;

/** What is large enough to stop a training: five times what `usualRise` calls an alarm. */
export const usualQuality: QualityOptions = { ...usualRise, rise: 0.25, newestRows: 100 };

/** One sentence for each thing that is broken. */
export function findBrokenData(
  { input, newest, before, reference, refused }: InputQuality,
  options: QualityOptions = usualQuality,
): string[] {
  // Of a feature that is declared otherwise by now the reference knows nothing.
  const known = Object.fromEntries(
    Object.entries(reference?.features ?? {}).filter(([name, { kind }]) => input[name]?.kind === kind),
  );
  const gone = findBrokenFeatures({
    features: Object.keys(input),
    rows: newest,
    before,
    reference: reference && { ...reference, features: known },
  });
  const isGone = new Set(gone.map(({ feature }) => feature));
  const last = newest.slice(-options.newestRows);
  const others = Object.entries(known).flatMap(([name, bins]) =>
    isGone.has(name) ? [] : sayFeature(name, bins, { before, last }, options),
  );
  return [
    ...gone.map(({ sentence }) => sentence),
    ...others,
    ...sayDuplicates(duplicates(before, last), options),
    ...sayRefused(refused, options),
  ];
}

type Rows = Readonly<{ before: readonly InputRow[]; last: readonly InputRow[] }>;

function sayFeature(
  name: string,
  known: FeatureReference,
  { before, last }: Rows,
  options: QualityOptions,
): string[] {
  // A category may be sent as a number; its word is what counts.
  const wordOf = (value: FeatureValue | undefined) =>
    known.kind === 'category' && typeof value === 'number' ? String(value) : value;
  const profileRows = (rows: readonly InputRow[]) => profileColumn(rows.map((row) => wordOf(row[name])));
  const now = profileRows(last);
  // What a feature does at times, it did in the time before, if not in training.
  const habits = [profileOf(known), ...(before.length < HABIT_ROWS ? [] : [profileRows(before)])];
  const broken = (what: string, find: typeof findMissing, rise = options.rise): string[] => {
    const findings = habits.map((then) => find(then, now, { ...options, rise }));
    return findings.every(({ level }) => level === 'detected')
      ? [`"${name}" ${what}: ${findings[0]!.says}`]
      : [];
  };
  const found = [...broken('is missing', findMissing), ...broken('is of another type', findTypeChange)];
  switch (known.kind) {
    case 'category':
      // Words that no config had declared may have been there in training, too.
      return [
        ...found,
        ...broken('has unknown words', findNewCategories, options.rise + (known.shares[unknownBin] ?? 0)),
      ];
    case 'number':
      return [...found, ...sayFactor(name, known, last)];
    case 'text':
    case 'image':
      return found;
    default:
      return known satisfies never;
  }
}

/** From so many rows on, the time before has habits of its own. */
const HABIT_ROWS = 200;

function sayFactor(
  name: string,
  known: Extract<FeatureReference, { kind: 'number' }>,
  rows: readonly InputRow[],
): string[] {
  const numbers = rows.flatMap((row) => (typeof row[name] === 'number' ? [row[name]] : []));
  const factor = findFactor(known, numbers);
  if (factor === null) return [];
  const times = Number(factor.toPrecision(2));
  return [
    `"${name}" comes about ${times} times as large as in training, and otherwise as it did: as in another unit.`,
  ];
}

/** Of a time before without rows nobody knows what is usual. */
const isKnown = ({ before, now }: Counts): boolean => before.rows > 0 && now.rows > 0;

function sayRefused(refused: Counts, options: QualityOptions): string[] {
  if (!isKnown(refused)) return [];
  const { level, says } = findSchemaViolations(refused.before, refused.now, options);
  return level === 'detected' ? [`Messages are refused: ${says}`] : [];
}

/** The share of rows that may come twice where rows are told apart, and what it rises by when they are sent again. */
const TWICE = { usually: 0.05, rise: 0.5 };

function sayDuplicates(counts: Counts, options: QualityOptions): string[] {
  const { before, now } = counts;
  if (!isKnown(counts) || before.hits > TWICE.usually * before.rows) return [];
  const { level, says } = findDuplicates(before, now, { ...options, rise: TWICE.rise });
  return level === 'detected' ? [`Rows come twice: ${says}`] : [];
}

/** Shares are kept without their rows; so many make them counts. */
const REFERENCE_ROWS = 1_000;

/** What the reference knows of a feature, as the checks of data quality ask for it. Every declared word is known. */
function profileOf(known: FeatureReference): ColumnProfile {
  const rowsOf = (bin: string) => Math.round((known.shares[bin] ?? 0) * REFERENCE_ROWS);
  const types = { ...emptyProfile.types, [known.kind === 'number' ? 'number' : 'text']: REFERENCE_ROWS };
  const profile = { ...emptyProfile, rows: REFERENCE_ROWS, missing: rowsOf(missingBin), types };
  if (known.kind !== 'category') return profile;
  const categories = Object.fromEntries(known.values.map((word) => [word, Math.max(2, rowsOf(word))]));
  return { ...profile, categories };
}

/** Twice within stretches of the same length: the more rows one looks at, the more are alike. */
function duplicates(before: readonly InputRow[], now: readonly InputRow[]): Counts {
  const keysOf = (rows: readonly InputRow[]) => rows.map((row) => JSON.stringify(row));
  let [hits, rows] = [0, 0];
  for (let from = 0; now.length > 0 && from + now.length <= before.length; from += now.length) {
    const stretch = countDuplicates(keysOf(before.slice(from, from + now.length)));
    [hits, rows] = [hits + stretch.hits, rows + stretch.rows];
  }
  return { before: { hits, rows }, now: countDuplicates(keysOf(now)) };
}
