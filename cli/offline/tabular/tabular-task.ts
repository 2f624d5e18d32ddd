import type { InputRow } from '../../../domain/input.ts';
import type { TabularSettings } from '../../../domain/tabular-settings.ts';
import { readArtifact, regressorOf, trainedOf } from '../../../training/artifact.ts';
import { predictTabular } from '../../../training/tabular/predict-tabular.ts';
import { recommendTabular, searchSpace } from '../../../training/tabular/recommend-tabular.ts';
import { predictValues } from '../../../training/tabular/train-regression.ts';
import type { OfflineTask } from '../offline-task.ts';
import { readExamples, readInstances } from '../read-examples.ts';
import { tabularColumns } from './columns.ts';
import { describeTabular } from './describe.ts';
import { testTabular } from './test-tabular.ts';
import { trainTabularFile } from './train.ts';
import { openTabularTrials } from './trials.ts';

/** Rows of numbers and categories, a label or a number each: a network from scratch. */
export const tabularTask: OfflineTask<InputRow, TabularSettings> = {
  kind: 'tabular',
  methods: { scratch: ['full'], base: [] },
  describe: describeTabular,
  read: readExamples,
  instances: readInstances,
  recommend: async (train, { model }, wish) => recommendTabular(model, inputsOf(train), wish.fineTune),
  search: {
    space: async (train, { model }, { fineTune }) => searchSpace(model, inputsOf(train), fineTune),
    open: openTabularTrials,
  },
  columnsOf: ({ input }) => input,
  columns: (train, { model }) => tabularColumns(model.input, inputsOf(train)),
  test: testTabular,
  train: trainTabularFile,
  async open(folder) {
    const artifact = await readArtifact(folder);
    const { model, lineage } = artifact.signature;
    const regressor = regressorOf(artifact);
    if (regressor !== null) return { model, lineage, answer: async (rows) => predictValues(regressor, rows) };
    const trained = trainedOf(artifact);
    return { model, lineage, answer: async (rows) => predictTabular(trained, rows) };
  },
};

const inputsOf = (rows: readonly { input: InputRow }[]): InputRow[] => rows.map(({ input }) => input);
