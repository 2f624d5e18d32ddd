import type { Output, LabelsOutput } from '../../domain/task.ts';
import { labelIndices } from '../label-indices.ts';
import { calibrate } from '../temperature.ts';
import type { Labelling } from './labelling.ts';
import { manyLabels } from './many-labels.ts';
import type { LabelSet } from './many-labels.ts';
import { oneLabel } from './one-label.ts';
import { labelsOutputsOf, settleLabels } from './settle-labels.ts';
import type { LabelsSettled } from './settle-labels.ts';
import { outputsOf } from './outputs-of.ts';

/** What answers are made with, by logits of rows that were not learnt from, row-major; `labels`: what these rows are. */
export type Held<Truth> = { logits: Float32Array; labels: ArrayLike<Truth> };

/**
 * How a model tells what rows are, with the names of its labels: as rows have them when it is taught, and as it answers.
 * `Said`: what a row has. `Settled`: what answers are made with, beside logits. `Answer`: of one row.
 */
export type Telling<Said, Truth, Settled, Answer> = Readonly<{
  labelling: Labelling<Truth>;
  /** What rows are, in numbers. Throws `DL_UNKNOWN_LABEL`. */
  truthsOf(said: readonly Said[]): ArrayLike<Truth>;
  settle(held: Held<Truth> | null): Settled;
  answersOf(logits: Float32Array, settled: Settled): Answer[];
  labelsIn(answer: Answer): readonly string[];
}>;

type Model = Readonly<{ name: string; task: { labels: readonly string[] } }>;

/** One label for each row, and a share of belief in each. */
export const tellOne = (model: Model): Telling<string, number, { temperature: number }, Output> => ({
  labelling: oneLabel(model.task.labels.length),
  truthsOf: (said) => labelIndices(model, said),
  settle: (held) => ({ temperature: held ? calibrate(held.logits, held.labels) : 1 }),
  answersOf: (logits, { temperature }) => outputsOf(model.task.labels, logits, temperature),
  labelsIn: ({ label }) => [label],
});

/** Any number of labels for each row, and how likely each is. */
export const tellMany = (model: Model): Telling<readonly string[], LabelSet, LabelsSettled, LabelsOutput> => {
  const { labels } = model.task;
  return {
    labelling: manyLabels(labels.length),
    truthsOf: (said) => said.map((some) => [...labelIndices(model, some)]),
    settle: (held) => settleLabels(held, labels.length),
    answersOf: (logits, settled) => labelsOutputsOf(labels, logits, settled),
    labelsIn: (answer) => answer.labels,
  };
};
