import type { InputRow } from '../../../domain/input.ts';
import type { Taught } from '../../../training/classification/teach.ts';
import { trainMultiLabelVersion } from '../../../training/text-classification/train-multi-label-version.ts';
import { trainTextVersion } from '../../../training/text-classification/train-text-version.ts';
import type { LabelledTexts, OldTexts } from '../../../training/text-classification/train-texts.ts';
import type { TextVersion } from '../../../training/text-classification/train-text-version.ts';
import type { Example, Training } from '../offline-task.ts';
import { labelledRows, labelTaskOf, multiLabelledRows } from './labelled.ts';
import type { OfflineTextSettings } from './recommend.ts';

type Rows = Pick<Training<InputRow, OfflineTextSettings>, 'described' | 'train' | 'validation'> &
  Partial<Pick<Training<InputRow, OfflineTextSettings>, 'old'>>;
type How = Omit<TextVersion, 'model' | 'base' | 'settings' | 'train' | 'validation' | 'old'>;

/** Trains on texts with one label each, or with any number, as the model has it. */
export function trainOnTexts(
  { described: { model }, ...rows }: Rows,
  { base, ...settings }: OfflineTextSettings,
  how: How,
): Promise<Taught> {
  const task = labelTaskOf(model);
  const all = { ...how, base, settings };
  switch (task.kind) {
    case 'classification':
      return trainTextVersion({ ...all, model: { ...model, task }, ...told(rows, labelledRows) });
    case 'multi-label':
      return trainMultiLabelVersion({ ...all, model: { ...model, task }, ...told(rows, multiLabelledRows) });
    default:
      return task satisfies never;
  }
}

type Told<Said> = {
  train: LabelledTexts<Said>;
  validation: LabelledTexts<Said>;
  old: OldTexts<Said> | null;
};

const told = <Said>(
  { train, validation, old = null }: Omit<Rows, 'described'>,
  of: (examples: readonly Example<InputRow>[]) => LabelledTexts<Said>,
): Told<Said> => ({
  train: of(train),
  validation: of(validation),
  old: old && { rehearse: of(old.rehearse), golden: of(old.golden) },
});
