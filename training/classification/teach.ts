import type { Backend } from '../backend.ts';
import { sayMemory } from '../fine-tuning/say-memory.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import type { Signature } from '../signature.ts';
import { allLogits } from './all-logits.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import type { OpenClassifier, OpenTuned, OpenTuning } from './open-classifier.ts';
import type { Telling } from './telling.ts';

export type Teaching<Input, Truth, Settled, Answer> = Omit<
  OpenTuning<Input, Truth>,
  'validation' | 'labelling'
> & {
  backend: Backend & { note: string | null };
  telling: Pick<Telling<never, Truth, Settled, Answer>, 'labelling' | 'settle' | 'answersOf' | 'labelsIn'>;
  /** What its rows are, as people call them: `texts`. */
  rowsAre: string;
  /** Said of the version, beside what the training says itself. */
  notes: readonly string[];
  /** For early stopping and calibration; there may be none. */
  validation: LabelledInputs<Input, Truth>;
};

export type Taught = OpenTuned & { notes: string[] };

/** What comes of it: how it went, what a version signs of that, and the labels that it gives its training rows. */
export type Lesson<Settled> = {
  taught: Taught;
  signed: Pick<Signature, 'format' | 'training'> & Settled;
  predicted: string[];
};

/** Trains a classifier and settles how it answers. Throws what `tuneClassifier` throws. */
export async function teach<Input, Truth, Settled, Answer>(
  classifier: OpenClassifier<Input>,
  { backend, telling, rowsAre, notes: given, validation, ...tuning }: Teaching<Input, Truth, Settled, Answer>,
): Promise<Lesson<Settled>> {
  const held = validation.labels.length > 0 ? validation : null;
  const { labelling } = telling;
  const tuned = await classifier.tune({ ...tuning, labelling, validation: held });
  const answers = classifier.answers();
  const logitsOf = ({ inputs }: LabelledInputs<Input, Truth>) =>
    allLogits(backend.tf, answers, { inputs, labels: labelling.labels });
  const settled = telling.settle(held && { logits: await logitsOf(held), labels: held.labels });
  const notes = [
    ...given,
    ...(backend.note ? [backend.note] : []),
    ...sayMemory(rowsAre, tuning.settings, tuned),
  ];
  const { steps, epochs, bestEpoch } = tuned;
  return {
    taught: { ...tuned, notes },
    predicted: telling
      .answersOf(await logitsOf(tuning.train), settled)
      .flatMap((answer) => telling.labelsIn(answer)),
    signed: {
      ...settled,
      format: ARTIFACT_FORMAT,
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
