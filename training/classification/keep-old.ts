import type { Kept } from '../../domain/kept.ts';
import type { Tf } from '../backend.ts';
import { readTrained, writeTrained } from '../fine-tuning/trained-values.ts';
import type { Parameter } from '../optimization/parameter.ts';
import { chooseShare, interpolate } from '../regularisers/wise-ft.ts';
import type { ShareScore } from '../regularisers/wise-ft.ts';
import type { NamedTensor } from '../safetensors.ts';
import type { HeldClassifier } from './classifier.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import type { Labelling } from './labelling.ts';
import type { OldKnowledge } from './old-knowledge.ts';
import { validated } from './tunable-classifier.ts';

export type KeepOld<Input, Truth> = {
  tf: Tf;
  /** As it was learnt; it ends with what is chosen. */
  held: HeldClassifier<Input, unknown>;
  parameters: readonly Parameter[];
  knowledge: OldKnowledge;
  golden: LabelledInputs<Input, Truth>;
  validation: LabelledInputs<Input, Truth> | null;
  labelling: Labelling<Truth>;
};

/** Shares of the way from the old to the new that are tried. */
const SHARES = [0.2, 0.4, 0.6, 0.8, 1];
/** The least of what the base answered right that may be kept. */
const KEEP_AT_LEAST = 0.95;

/**
 * Says what was kept, after going back part of the way to the base where that keeps more (WiSE-FT).
 *
 * @returns null without golden rows
 */
export async function keepOld<Input, Truth>(keeping: KeepOld<Input, Truth>): Promise<Kept | null> {
  const { tf, held, parameters, knowledge, golden, validation, labelling } = keeping;
  const { before, start } = knowledge;
  if (before === null) return null;
  const scoreOn = async (rows: LabelledInputs<Input, Truth>) =>
    (await validated(tf, held, rows, labelling)).score;
  const { share, kept: after } =
    start === null || validation === null
      ? { share: 1, kept: await scoreOn(golden) }
      : await settleBetween(tf, parameters, start, {
          keepAtLeast: KEEP_AT_LEAST * before,
          score: async () => ({ gained: await scoreOn(validation), kept: await scoreOn(golden) }),
        });
  return { goldenRows: golden.inputs.length, before, after, share };
}

/** Sets the parameters to those between old and new that do best. What has no old value stays as it was learnt. */
async function settleBetween(
  tf: Tf,
  parameters: readonly Parameter[],
  start: readonly NamedTensor[],
  { keepAtLeast, score }: { keepAtLeast: number; score(): Promise<Omit<ShareScore, 'share'>> },
): Promise<ShareScore> {
  const end = await readTrained(parameters);
  const scores: ShareScore[] = [];
  for (const share of SHARES) {
    writeTrained(tf, parameters, interpolate(start, end, share));
    scores.push({ share, ...(await score()) });
  }
  const chosen = chooseShare(scores, keepAtLeast);
  writeTrained(tf, parameters, interpolate(start, end, chosen.share));
  return chosen;
}
