import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Feature, InputRow } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Classification, MultiLabel } from '../../domain/task.ts';
import { peftBase } from '../adapters/peft-config.ts';
import { refuseUnfit } from '../backend-table.ts';
import type { Backend } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { openNetwork } from '../classification/open-classifier.ts';
import { packingOf } from '../classification/settings.ts';
import { teach } from '../classification/teach.ts';
import type { Lesson, Taught } from '../classification/teach.ts';
import type { Telling } from '../classification/telling.ts';
import type { LabelledInputs, StagedState } from '../classification/tune-classifier.ts';
import { loadForLabels } from '../fine-tuning/load-for-labels.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { readBaseConfig } from '../models/model-folder.ts';
import type { BaseConfig, LoadedNetwork } from '../models/model-folder.ts';
import type { ProblemType } from '../models/problem-type.ts';
import type { Relabelled } from '../models/relabel-head.ts';
import { startBias } from '../models/start-bias.ts';
import { startNetwork } from '../models/start-network.ts';
import { plain } from '../plain.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { sayPacked } from '../quantisation/say-packed.ts';
import { referenceShares } from '../reference.ts';
import { startAsAverage } from '../text/start-as-average.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import { dropWords } from './drop-words.ts';
import type { TextSettings } from './settings.ts';
import type { OpenTexts, TextSignature } from './text-artifact.ts';
import { textOf } from './text-of.ts';
import { textReader, tokenise } from './text-reader.ts';
import type { TokenisedText } from './text-reader.ts';
import { writeNewBase } from './write-new-base.ts';

/** Rows with one text each. `Said`: what each is, its label or its labels. */
export type LabelledTexts<Said> = { rows: readonly InputRow[]; labels: readonly Said[] };

/** What is there of what a base was trained on. */
export type OldTexts<Said> = Readonly<{
  /** To rehearse. */
  rehearse: LabelledTexts<Said>;
  /** To measure what is kept. */
  golden: LabelledTexts<Said>;
}>;

/** A training of texts, whether each has one label or any number. */
export type TextTraining<Task extends Classification | MultiLabel, Said> = {
  backend: Backend & { note: string | null };
  model: { name: string; task: Task; input: Record<string, Feature> };
  /** The folder of a base; null: from scratch. */
  base: string | null;
  /** Of the artifact that the base is, where an adapter shall be kept apart from it; null: it is merged. */
  baseDigest?: string | null;
  settings: TextSettings;
  train: LabelledTexts<Said>;
  /** For early stopping and calibration. */
  validation: LabelledTexts<Said>;
  /** Of the time before; null or nothing where there is none to learn from again, or to measure by. */
  old?: OldTexts<Said> | null;
  /** Said of the version, beside what the training says itself. */
  notes?: readonly string[];
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: EpochScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

const noTexts = { rows: [], labels: [] };

/** What a kind of labels makes of a training. */
type Kind<Said, Truth, Settled, Answer> = {
  problem: ProblemType;
  telling: Telling<Said, Truth, Settled, Answer>;
  /** Writes the version into its folder. */
  write(
    classifier: OpenTexts,
    signed: Lesson<Settled>['signed'] & Pick<TextSignature, 'longest' | 'reference' | 'lineage'>,
  ): Promise<void>;
};

/**
 * From texts to an artifact: a base is loaded or begun, trained, calibrated and written as a folder that transformers
 * opens too. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_TRAINING_OUT_OF_MEMORY`,
 *   `DL_UNKNOWN_LABEL`; the signal's reason when aborted
 */
export async function trainTexts<Task extends Classification | MultiLabel, Said, Truth, Settled, Answer>(
  training: TextTraining<Task, Said>,
  { problem, telling, write }: Kind<Said, Truth, Settled, Answer>,
): Promise<Taught> {
  const { backend, model, settings, train, validation } = training;
  const { rehearse, golden } = training.old ?? { rehearse: noTexts, golden: noTexts };
  const { wordDropout } = settings;
  refuseUnfit(backend.name, { task: 'text', method: settings.method.kind });
  const { tf } = backend;
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-text-'));
  try {
    const textsOf = ({ rows }: LabelledTexts<Said>) => rows.map((row) => textOf(model, row));
    if (training.base === null) await writeNewBase(scratch, textsOf(train), settings);
    const base = training.base ?? scratch;
    const [{ tokenizer }, { config, json }] = await Promise.all([readTokenizer(base), readBaseConfig(base)]);
    const { padId } = tokenizer;
    const reader = textReader(tf, config, padId);
    // What a base has no places for it cannot read, whatever is wished.
    const longest = 'positions' in config ? Math.min(settings.longest, config.positions) : settings.longest;
    const { network, known } = await beginOrLoad(training, problem, json);
    const classifier = openNetwork(tf, network, {
      classes: model.task.labels.length,
      reader,
      base,
      apartFrom: training.baseDigest
        ? { digest: training.baseDigest, name: peftBase(training.lineage, base) }
        : null,
      said: () => ({
        problem_type: problem,
        // Without it transformers asks a decoder about one text at a time only.
        ...(config.kind === 'bert' ? {} : { pad_token_id: padId }),
      }),
    });
    try {
      const encode = (of: LabelledTexts<Said>): LabelledInputs<TokenisedText, Truth> => ({
        inputs: tokenise(tokenizer, textsOf(of), longest),
        labels: telling.truthsOf(of.labels),
      });
      const learnt = encode(train);
      const bias = telling.labelling.startingBias(learnt.labels, settings);
      if (bias) startBias(tf, network, bias, known);
      const { taught, signed, predicted } = await teach(classifier, {
        backend,
        telling,
        rowsAre: 'texts',
        notes: [...(training.notes ?? []), ...sayPacked(network)],
        train: learnt,
        validation: encode(validation),
        // What a base knows it may be held to without any old rows.
        old: training.base === null ? null : { known, rehearse: encode(rehearse), golden: encode(golden) },
        settings,
        vary: wordDropout > 0 ? (text, chance) => dropWords(text, wordDropout, chance) : undefined,
        onProgress: training.onProgress,
        onEpoch: training.onEpoch,
        checkpoints: training.checkpoints,
        signal: training.signal,
      });
      await write(classifier, {
        ...signed,
        longest,
        reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
        lineage: { ...training.lineage },
      });
      return taught;
    } finally {
      classifier.dispose();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function beginOrLoad(
  {
    backend: { tf },
    base,
    settings: { seed, method },
    model,
  }: Pick<TextTraining<Classification | MultiLabel, never>, 'backend' | 'base' | 'settings' | 'model'>,
  problem: ProblemType,
  json: BaseConfig['json'],
): Promise<Relabelled<LoadedNetwork | QuantisedNetwork>> {
  const { labels } = model.task;
  if (base !== null)
    return await loadForLabels(tf, base, { labels, problem, seed, packing: packingOf(method) });
  const network = startNetwork(tf, json, { kind: 'classes', classes: labels.length }, seed);
  startAsAverage(tf, network);
  return { network, known: [] };
}
