import type { SuspectReport } from '../../console/report/report-data.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Classification, LabelsOutput, MultiLabel, Output } from '../../domain/task.ts';
import { suspectLabels, suspectLabelSets } from '../../training/data/suspect-labels.ts';
import type { SuspectLabel } from '../../training/data/suspect-labels.ts';
import type { Answering, CommonSettings, Example, OfflineTask } from './offline-task.ts';

/** How many are listed, surest first. */
const SHOWN = 20;
/** Characters of a row that are shown. */
const EXCERPT = 120;

/**
 * Labels that the version speaks against, among rows that it has not learnt from: for a person to look at. Null where
 * rows have numbers instead, or none validate.
 */
export async function findSuspects<Input>(
  task: Pick<OfflineTask<Input, CommonSettings>, 'columnsOf'>,
  version: Answering<Input>,
  rows: readonly Example<Input>[],
): Promise<SuspectReport | null> {
  const { model } = version;
  if (!('labels' in model.task) || rows.length === 0) return null;
  const outputs = (await version.answer(rows.map(({ input }) => input))) as (Output | LabelsOutput)[];
  const found = suspectsAmong(model.task, rows, outputs);
  return {
    among: rows.length,
    found: found.length,
    examples: found.slice(0, SHOWN).map(({ index, given, suggested, margin }) => ({
      line: rows[index]!.line,
      says: excerptOf(task.columnsOf?.(rows[index]!) ?? {}),
      given,
      suggested,
      margin,
    })),
  };
}

function suspectsAmong(
  { kind, labels }: Classification | MultiLabel,
  rows: readonly Pick<Example<unknown>, 'labels'>[],
  outputs: readonly Pick<Output, 'scores'>[],
): SuspectLabel[] {
  const scores = outputs.map((output) => labels.map((label) => output.scores[label] ?? 0));
  const given = rows.map((row) => row.labels.map((label) => labels.indexOf(label)));
  switch (kind) {
    case 'classification':
      return suspectLabels(
        scores,
        given.map(([label]) => label!),
        labels,
      );
    case 'multi-label':
      return suspectLabelSets(scores, given, labels).map((suspect) => ({
        ...suspect,
        given: listed(suspect.given),
        suggested: listed(suspect.suggested),
      }));
    default:
      return kind satisfies never;
  }
}

const listed = (labels: readonly string[]): string => (labels.length === 0 ? 'none' : labels.join(', '));

/** A text as it is; of a table its columns by name. */
function excerptOf(row: InputRow): string {
  const entries = Object.entries(row);
  const text =
    entries.length === 1
      ? String(entries[0]![1] ?? '')
      : entries.map(([name, value]) => `${name}: ${value ?? 'missing'}`).join(', ');
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
}
