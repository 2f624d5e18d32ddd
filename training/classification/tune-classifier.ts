import type { Kept } from '../../domain/kept.ts';
import type { Tf } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { fitNetwork } from '../fine-tuning/fit-network.ts';
import type { NetworkFitted, TuningScore } from '../fine-tuning/fit-network.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import type { TuningState } from '../fine-tuning/tuning-state.ts';
import { adamw } from '../optimization/adamw.ts';
import { ewc } from '../regularisers/ewc.ts';
import { l2Sp } from '../regularisers/l2-sp.ts';
import { pullPenalty } from '../regularisers/pull.ts';
import type { Pull } from '../regularisers/pull.ts';
import type { Classifier, HeldClassifier } from './classifier.ts';
import { keepOld } from './keep-old.ts';
import { joined } from './labelled-inputs.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import type { Labelling } from './labelling.ts';
import { takeDown } from './old-knowledge.ts';
import type { OldKnowledge, OldRows } from './old-knowledge.ts';
import type { ClassifierSettings } from './settings.ts';
import { stagesOf } from './stages.ts';
import type { Stage } from './stages.ts';
import { tunableClassifier } from './tunable-classifier.ts';
import type { Vary } from './vary-inputs.ts';

export type { LabelledInputs } from './labelled-inputs.ts';

/** A training in the middle: its stage, from 0, and where it is in that. */
export type StagedState = { stage: number; state: TuningState };

export type ClassifierTuning<Input, Settled, Truth = number> = {
  tf: Tf;
  classifier: Classifier<Input, Settled>;
  labelling: Labelling<Truth>;
  train: LabelledInputs<Input, Truth>;
  /** Null: it trains for all of its epochs. */
  validation: LabelledInputs<Input, Truth> | null;
  /** Of what the base could do before; null where there is nothing to keep. */
  old?: OldRows<Input, Truth> | null;
  settings: ClassifierSettings;
  /** What each training row is changed by whenever it is learnt from. */
  vary?: Vary<Input> | undefined;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: TuningScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

export type ClassifierTuned<Settled> = NetworkFitted & {
  settled: Settled;
  trainableParameters: number;
  totalParameters: number;
  /** Null without golden rows. */
  kept: Kept | null;
};

/**
 * Teaches a network to tell inputs apart, in its own memory. The same seed on the same backend gives the same weights,
 * interrupted and resumed or not.
 *
 * @throws {DriftloopError} `DL_TRAINING_OUT_OF_MEMORY`, `DL_ADAPTER_UNFIT`; the signal's reason when aborted
 */
export async function tuneClassifier<Input, Settled, Truth>(
  tuning: ClassifierTuning<Input, Settled, Truth>,
): Promise<ClassifierTuned<Settled>> {
  const stages = stagesOf(tuning.settings);
  const knowledge = await baseKnowledge(tuning, stages.at(-1)!);
  try {
    // What an earlier stage has learnt is in the state of a later one.
    const from = tuning.checkpoints?.resumed?.stage ?? 0;
    let tuned: ClassifierTuned<Settled> | null = null;
    for (const [at, stage] of stages.entries())
      if (at >= from)
        tuned = await tuneStage(tuning, { stage, at, isLast: at === stages.length - 1, knowledge });
    return tuned!;
  } finally {
    tuning.tf.dispose([...(knowledge?.importance?.values() ?? [])]);
  }
}

/** Before anything is learnt, whether it is resumed or not: a resumed training finds the base as it was. */
async function baseKnowledge<Input, Truth>(
  { tf, classifier, labelling, train, old = null, settings }: ClassifierTuning<Input, unknown, Truth>,
  last: Stage,
): Promise<OldKnowledge | null> {
  if (old === null) return null;
  const held = classifier.hold(last.method, last.seed);
  try {
    const isNew = (name: string) => classifier.isNew(name);
    const seen = joined(train, old.rehearse);
    return await takeDown(tf, held, { old, seen, labelling, keep: settings.keep, isNew });
  } finally {
    held.dispose();
  }
}

type StageTuning = { stage: Stage; at: number; isLast: boolean; knowledge: OldKnowledge | null };

async function tuneStage<Input, Settled, Truth>(
  tuning: ClassifierTuning<Input, Settled, Truth>,
  { stage, at, isLast, knowledge }: StageTuning,
): Promise<ClassifierTuned<Settled>> {
  const { tf, classifier, labelling, train, validation, old = null, vary, checkpoints, signal } = tuning;
  const held = classifier.hold(stage.method, stage.seed);
  const pulls = pullsOn(tf, classifier, held, { stage, knowledge, share: labelling.lossShare });
  try {
    const tunable = tunableClassifier({
      tf,
      held,
      labelling,
      seen: old ? joined(train, old.rehearse) : train,
      fresh: train.inputs.length,
      validation,
      knowledge,
      vary,
      stage,
    });
    const fitted = await fitNetwork({
      tf,
      tunable: { ...tunable, ...(pulls.length > 0 ? { penalty: () => pullPenalty(tf, pulls) } : {}) },
      rule: adamw({ weightDecay: stage.weightDecay }),
      settings: stage,
      onProgress: tuning.onProgress,
      ...(tuning.onEpoch ? { onEpoch: tuning.onEpoch } : {}),
      ...(checkpoints ? { checkpoints: ofStage(checkpoints, at) } : {}),
      signal,
    });
    const { parameters } = tunable;
    const kept =
      isLast && old && knowledge
        ? await keepOld({ tf, held, parameters, knowledge, golden: old.golden, validation, labelling })
        : null;
    return {
      ...fitted,
      validation: kept && kept.share < 1 && tunable.validate ? await tunable.validate() : fitted.validation,
      kept,
      settled: held.settle(),
      trainableParameters: [...held.trained.values()].reduce((sum, { size }) => sum + size, 0),
      totalParameters: classifier.totalParameters,
    };
  } finally {
    tf.dispose(pulls.flatMap(({ towards }) => towards ?? []));
    held.dispose();
  }
}

/** What holds parameters where they are now, as firmly beside the loss whatever share of a row's surprise that is. */
function pullsOn<Input>(
  tf: Tf,
  classifier: Classifier<Input, unknown>,
  { trained }: HeldClassifier<Input, unknown>,
  { stage: { keep }, knowledge, share }: { stage: Stage; knowledge: OldKnowledge | null; share: number },
): Pull[] {
  const isNew = (name: string) => classifier.isNew(name);
  return [
    ...(keep.pull > 0 ? l2Sp(tf, trained, { alpha: keep.pull * share, beta: 0, isNew }) : []),
    ...(knowledge?.importance ? ewc(tf, trained, knowledge.importance, keep.ewc * share) : []),
  ];
}

const ofStage = (checkpoints: Checkpoints<StagedState>, stage: number): Checkpoints<TuningState> => ({
  resumed: checkpoints.resumed?.stage === stage ? checkpoints.resumed.state : null,
  isDue: (step) => checkpoints.isDue(step),
  keep: (state) => checkpoints.keep({ stage, state }),
});
