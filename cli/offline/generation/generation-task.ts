import { DriftloopError } from '../../../domain/errors.ts';
import { wordCount } from '../../../domain/reference-shares.ts';
import type { DeclaredTask, Generation } from '../../../domain/task.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { openGenerator, openWriter } from '../../../training/text-generation/open-generator.ts';
import { trainGenerator } from '../../../training/text-generation/train-generator.ts';
import { inProcess } from '../in-process.ts';
import type { Example, OfflineTask } from '../offline-task.ts';
import { sayRange } from '../tabular/columns.ts';
import type { Asked } from './conversations.ts';
import { describeGeneration } from './describe.ts';
import { readAnswered, readAsked } from './read.ts';
import { recommendPrompts } from './recommend.ts';
import type { OfflineGeneratorSettings } from './recommend.ts';
import { testGeneration } from './test-generation.ts';
import type { Writer } from './test-generation.ts';

/** Where a version did not learn from preferences. */
const USUAL_BETA = 0.1;

/** Prompts with answers, or with two answers of which one is preferred: a base that writes goes on from there. */
export const generationTask: OfflineTask<Asked, OfflineGeneratorSettings, Writer> = {
  kind: 'generation',
  methods: { scratch: [], base: ['full', 'lora', 'qlora'] },
  describe: describeGeneration,
  read: readAnswered,
  instances: readAsked,
  recommend: (train, { columns }, wish) =>
    recommendPrompts({ rows: train.length, preferences: columns.rejected !== undefined }, wish),
  // Two answers to one prompt may both be good: only who asks and answers the same says the same.
  columnsOf: ({ input: { prompt, rejected }, label }) => ({
    conversation: [
      ...prompt.map(({ content }) => content),
      label,
      ...(rejected === null ? [] : [rejected]),
    ].join('\n'),
  }),
  columns: (train, { model }) => [
    {
      name: Object.keys(model.input)[0]!,
      kind: 'text',
      missing: 0,
      values: `${sayRange(train.map(({ input }) => wordCount(input.prompt.at(-1)?.content ?? '')))} words`,
    },
  ],
  test: (version, { test }) => testGeneration(version, test),
  async train({ described: { model }, fineTune, train, validation, onProgress, onEpoch, signal, ...to }) {
    const backend = await loadBackend('generation');
    const reports = inProcess(backend.name, onProgress);
    const { base, ...settings } = fineTune;
    return reports.trained(
      await trainGenerator({
        backend,
        model: { ...model, task: generationOf(model) },
        base,
        settings,
        train: answeredPrompts(train),
        validation: answeredPrompts(validation),
        lineage: to.lineage,
        outFolder: to.outFolder,
        onProgress: reports.onProgress,
        onEpoch,
        signal,
      }),
    );
  },
  async open(folder) {
    const { tf } = await loadBackend('generation');
    const { signature, answer, score } = await openGenerator(tf, folder);
    const { model, lineage, base, beta } = signature;
    return {
      model,
      lineage,
      base,
      beta: beta ?? USUAL_BETA,
      score,
      answer: (rows) => answer(rows.map(({ prompt }) => prompt)),
      openBase: () => openWriter(tf, base, { like: folder, ...signature }).catch(nullWhereGone),
    };
  },
};

const answeredPrompts = (examples: readonly Example<Asked>[]) =>
  examples.map(({ input, label }) => ({ ...input, answer: label }));

/** `describe` takes nothing else. */
function generationOf({ task }: { task: DeclaredTask }): Generation {
  if (task.kind !== 'generation') throw new Error(`A ${task.kind} that writes`);
  return task;
}

function nullWhereGone(error: unknown): null {
  if (error instanceof DriftloopError && error.code === 'DL_BASE_MISSING') return null;
  throw error;
}
