import { methods } from '../../../domain/fine-tune-config.ts';
import type { FineTune } from '../../../domain/fine-tune-config.ts';
import type { InputRow } from '../../../domain/input.ts';
import type { AnyModel } from '../../../domain/model-config.ts';
import type { CommandTrainer } from '../../../domain/trainer-config.ts';
import { startAnswering } from '../../../infra/command/answering-program.ts';
import { createCommandTrainer } from '../../../infra/command/command-trainer.ts';
import { readCommandSignature } from '../../../training/command/command-signature.ts';
import { tabularSettings } from '../../../training/tabular/settings.ts';
import { withLabelledFiles } from '../labelled-files.ts';
import type {
  Answers,
  CommonSettings,
  OfflineTask,
  Recommendation,
  Training,
  Wish,
} from '../offline-task.ts';
import { rowModel } from '../row-model.ts';

/** A program of the team's, and what it begins from, by the name that a person gave it. */
export type Program = { trainer: CommandTrainer; base: string | null };

/** What it is told beside its own settings; null leaves all to the program. */
type ProgramSettings = CommonSettings & { wish: FineTune | null };

/** The same task, trained and answered by a program of the team's. */
export const byProgram = (
  task: Omit<OfflineTask<InputRow, CommonSettings>, 'recommend' | 'train' | 'open'>,
  program: Program,
): OfflineTask<InputRow, ProgramSettings> => ({
  ...task,
  // What it makes of them is the program's matter.
  methods: { scratch: methods, base: methods },
  recommend: async (_, __, wish) => settingsOf(wish, program),
  async train(training) {
    const report = await trainByProgram(training, program);
    const { trainable, total } = (await readCommandSignature(training.outFolder)).parameters;
    return { ...report, trainableParameters: trainable, totalParameters: total };
  },
  async open(folder) {
    const { model, lineage, trainer } = await readCommandSignature(folder);
    const answering = await startAnswering(trainer, { folder, task: model.task, name: model.name });
    return { model, lineage, answer: async (rows) => (await answering.answer(rows)) as Answers };
  },
});

function trainByProgram(training: Training<InputRow, ProgramSettings>, program: Program) {
  const { described, fineTune, outFolder, lineage, onProgress, onEpoch, signal } = training;
  const { trainer, base: from } = program;
  const { seed, wish } = fineTune;
  const base: AnyModel['base'] = from === null ? { kind: 'scratch' } : { kind: 'pretrained', from };
  return withLabelledFiles(training, (files) =>
    createCommandTrainer().fineTune(
      {
        model: rowModel(described.model),
        training: {
          kind: 'program',
          trainer,
          wish: wish && { ...wish, seed },
          base,
          champion: null,
          old: null,
        },
        ...files,
        outFolder,
        lineage,
      },
      { onProgress, onEpoch, signal },
    ),
  );
}

/** Of `fineTune`, only how the rows are split is decided here. */
function settingsOf({ fineTune }: Wish, { trainer, base }: Program): Recommendation<ProgramSettings> {
  const { batchSize, validationShare, seed } = tabularSettings(fineTune);
  const said = (name: string, value: unknown) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    because: 'the config says so',
  });
  return {
    fineTune: {
      batchSize,
      validationShare,
      seed,
      wish: fineTune.method === undefined ? null : fineTune,
    },
    settings: [
      said('program', trainer.command.join(' ')),
      ...(base === null ? [] : [said('base', base)]),
      ...Object.entries(trainer.settings).map(([name, value]) => said(name, value)),
    ],
  };
}
