import type { Backend } from '../backend.ts';
import { sayMemory } from '../fine-tuning/say-memory.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import type { Signature } from '../signature.ts';
import { calibrate } from '../temperature.ts';
import { allLogits } from './all-logits.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import { oneLabel } from './one-label.ts';
import type { OpenClassifier, OpenTuned, OpenTuning } from './open-classifier.ts';

export type Teaching<Input> = Omit<OpenTuning<Input>, 'validation' | 'labelling'> & {
  backend: Backend & { note: string | null };
  labels: readonly string[];
  /** What its rows are, as people call them: `texts`. */
  rowsAre: string;
  /** Said of the version, beside what the training says itself. */
  notes: readonly string[];
  /** For early stopping and calibration; there may be none. */
  validation: LabelledInputs<Input>;
};

export type Taught = OpenTuned & { notes: string[] };

/** What comes of it: how it went, what a version signs of that, and the labels that it gives its training rows. */
export type Lesson = {
  taught: Taught;
  signed: Pick<Signature, 'format' | 'temperature' | 'training'>;
  predicted: string[];
};

/** Trains a classifier and calibrates it. Throws what `tuneClassifier` throws. */
export async function teach<Input>(
  classifier: OpenClassifier<Input>,
  { backend, labels, rowsAre, notes: given, validation, ...tuning }: Teaching<Input>,
): Promise<Lesson> {
  const held = validation.labels.length > 0 ? validation : null;
  const tuned = await classifier.tune({
    ...tuning,
    labelling: oneLabel(labels.length),
    validation: held,
  });
  const answers = classifier.answers();
  const logitsOf = ({ inputs }: LabelledInputs<Input>) =>
    allLogits(backend.tf, answers, { inputs, labels: labels.length });
  const notes = [
    ...given,
    ...(backend.note ? [backend.note] : []),
    ...sayMemory(rowsAre, tuning.settings, tuned),
  ];
  const { steps, epochs, bestEpoch } = tuned;
  return {
    taught: { ...tuned, notes },
    predicted: likeliest(await logitsOf(tuning.train), labels),
    signed: {
      format: ARTIFACT_FORMAT,
      temperature: held ? calibrate(await logitsOf(held), held.labels) : 1,
      training: {
        rows: tuning.train.labels.length,
        validationRows: validation.labels.length,
        steps,
        epochs,
        bestEpoch,
        validationLoss: tuned.validation?.loss ?? null,
        backend: backend.name,
        notes,
      },
    },
  };
}

/** The label of the largest logit of each row; the first of equal ones. */
function likeliest(logits: Float32Array, labels: readonly string[]): string[] {
  return Array.from({ length: logits.length / labels.length }, (_, row) => {
    const own = logits.subarray(row * labels.length, (row + 1) * labels.length);
    return labels[own.indexOf(Math.max(...own))]!;
  });
}
