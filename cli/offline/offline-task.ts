import type { Method, OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { TrainingReport } from '../../domain/ports.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { LabelsOutput, Output, TextOutput, ValueOutput } from '../../domain/task.ts';
import type { ValueReport } from '../../training/evaluate-values.ts';
import type { MultiLabelReport } from '../../training/evaluate-multi-label.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import type { AnswerReport } from '../../training/text-generation/evaluate-answers.ts';
import type { PreferenceReport } from '../../training/text-generation/evaluate-preferences.ts';
import type { ReportColumn } from '../../console/report/report-data.ts';
import type { OldSituation } from '../../training/classification/recommend-keep.ts';
import type { SaidSetting } from '../../training/search/say-settings.ts';
import type { Space } from '../../training/search/space.ts';
import type { Trials } from '../../training/search/trials.ts';
import type { Columns } from '../data/records.ts';
import type { OldRows } from './old-rows.ts';
import type { Declared } from './declared-model.ts';

/** Everything that a model can be trained to without any service. */
export const taskKinds = ['tabular', 'text', 'image', 'generation'] as const;
export type TaskKind = (typeof taskKinds)[number];

/** What the options of `finetune` say of the data. */
export type DataOptions = {
  train: string;
  label?: string;
  time?: string;
  entity?: string;
  ignore?: string[];
  /** Whether a row may have any number of labels, where the file does not say so itself. */
  multiLabel?: boolean;
  /** `28x28`, `28x28x3`: of images. */
  imageSize?: string;
};

/** A labelled row of a file. */
export type Example<Input> = {
  input: Input;
  /** What it is, in a word: its label or labels, the text of a number, or the answer that a prompt should have. */
  label: string;
  /** The labels that it has; none where it has a number or an answer instead. */
  labels: readonly string[];
  /** A number that grows with time; null where no time column is named. */
  at: number | null;
  /** Whom it is about; left out where no column says so. */
  entity?: string;
  line: number;
};

type Model = Pick<ModelConfig, 'name' | 'task' | 'input'>;

/** What a training file, or a config, says the model is. */
export type Described = {
  model: Model;
  columns: Columns;
  /** Columns that are not learnt from, with the reason. */
  leftOut: { column: string; because: string }[];
  notes: string[];
};

/** What every kind of training is told. */
export type CommonSettings = { batchSize: number; validationShare: number; seed: number };

export type Recommendation<Settings> = { fineTune: Settings; settings: SaidSetting[] };

/** What options and config say of the training; nothing said is recommended. `base`: a folder or `hf:owner/name`. */
export type Wish = {
  fineTune: OpenWish;
  base: string | null;
  /** What there is of what the base knew; null where nothing is kept. */
  old: OldSituation | null;
};

export type Training<Input, Settings> = {
  described: Described;
  fineTune: Settings;
  train: readonly Example<Input>[];
  validation: readonly Example<Input>[];
  /** Of what the base was trained on; null where there is none. */
  old: Pick<OldRows<Input>, 'rehearse' | 'golden'> | null;
  /** An empty folder for the artifact. */
  outFolder: string;
  lineage: Readonly<Record<string, string>>;
  onProgress: (progress: TrainingProgress) => void;
  onEpoch: (score: EpochScore) => void;
  signal: AbortSignal;
};
export type Trained = TrainingReport & {
  trainableParameters: number;
  totalParameters: number;
};

/** How a task searches for settings. */
export type Searching<Input, Settings> = {
  /** What it chooses from. */
  space(
    train: readonly Example<Input>[],
    described: Described,
    wish: { fineTune: SearchWish; base: string | null },
  ): Promise<Space>;
  /** Begins nothing yet. Aborting stops what is trained. */
  open(
    training: Pick<Training<Input, Settings>, 'described' | 'train' | 'validation' | 'signal'> & {
      candidates: readonly Settings[];
    },
  ): Promise<Trials>;
};

/** In the order of the rows: a label or labels with scores, numbers, or texts. */
export type Answers = Output[] | LabelsOutput[] | ValueOutput[] | TextOutput[];
/** What a version scores on rows that it has not seen. */
export type Evaluation = VersionReport | MultiLabelReport | ValueReport | AnswerReport | PreferenceReport;

/** A trained version, ready to answer. */
export type Answering<Input> = {
  model: Model;
  lineage: Readonly<Record<string, string>>;
  answer(inputs: readonly Input[]): Promise<Answers>;
};

/**
 * One kind of data, from files to answers. `finetune`, `evaluate` and `predict` tell the same story for each kind and
 * never look into an input.
 */
export interface OfflineTask<
  Input,
  Settings extends CommonSettings,
  Version extends Answering<Input> = Answering<Input>,
> {
  readonly kind: TaskKind;
  /** What it can be trained with from scratch, and what from a base; none: it is never begun from one. */
  readonly methods: { scratch: readonly Method[]; base: readonly Method[] };
  /**
   * Reads what the model is. A mistake in the training file or in the options is told here.
   *
   * @param declared the model of the config; null where none is given
   * @param baseFolder of the base, fetched where it is not here yet; null: from scratch
   */
  describe(
    options: DataOptions,
    declared: Declared | null,
    baseFolder: () => Promise<string | null>,
  ): Promise<Described>;
  /** Reads labelled rows; every mistake in them is told here. */
  read(file: string, described: Pick<Described, 'model' | 'columns'>): Promise<Example<Input>[]>;
  /** Reads rows that nobody has labelled, one by one. */
  instances(file: string, model: Described['model']): AsyncIterable<Input>;
  /** Settings for these rows, each with its reason; what is wished is taken as it is. */
  recommend(
    train: readonly Example<Input>[],
    described: Described,
    wish: Wish,
  ): Promise<Recommendation<Settings>>;
  /** Left out by a task that cannot search for settings. */
  readonly search?: Searching<Input, Settings>;
  /** What a row says, as columns, for the checks of data; left out where it is none. */
  columnsOf?(example: Pick<Example<Input>, 'input' | 'label'>): InputRow;
  /** What the rows look like, for the report. */
  columns(train: readonly Example<Input>[], described: Described): ReportColumn[];
  /** Scores a version on `test`; shares and ranges are those of `train`. */
  test(
    version: Version,
    rows: { train: readonly Example<Input>[]; test: readonly Example<Input>[] },
  ): Promise<Evaluation>;
  /** Trains and writes the artifact. Aborting stops it at once. */
  train(training: Training<Input, Settings>): Promise<Trained>;
  open(folder: string): Promise<Version>;
}
