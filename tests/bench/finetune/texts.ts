import path from 'node:path';
import { finetune, openBanking } from './banking.ts';
import type { Line } from './banking.ts';
import { benchManyLabels } from './many-labels.ts';
import { scikitLearn } from './scikit-learn.ts';

/** Examples of an intent where there are few. */
const FEW = 10;

const figures = ({ accuracy, trainSeconds, peakMemoryMb }: Line) => ({
  accuracy,
  trainSeconds,
  peakMemoryMb,
});

/**
 * What the default settings make of texts: from scratch on all intents, beside TF-IDF with logistic regression; what a
 * version forgets that learns other intents, with and without protection; what half of the intents are worth for the other
 * half with few examples; and texts about several intents at once.
 */
export async function benchTexts(shared: string, folder: string): Promise<Record<string, unknown>> {
  const banking = openBanking(shared, folder);
  const { intents, write } = banking;
  const [first, second] = [0, 1].map((half) => intents.filter((_, i) => i % 2 === half)) as [
    string[],
    string[],
  ];
  const out = (name: string) => path.join(folder, name);
  const train = (name: string, files: { train: string; test: string }, ...more: string[]) =>
    finetune(['--train', files.train, '--test', files.test, '--out', out(name), ...more]);
  const whole = { train: write('train', 'train', intents), test: write('test', 'test', intents) };
  const old = { train: write('old-train', 'train', first), test: write('old-test', 'test', first) };
  const fresh = { train: write('new-train', 'train', second), test: write('new-test', 'test', second) };
  const few = { train: write('few-train', 'train', second, FEW), test: fresh.test };

  const fromScratch = await train('scratch', whole);
  const tfIdf = await scikitLearn(whole);
  const base = await train('base', old);
  const from = ['--base', out('base')];
  const keep = ['--keep', old.train, '--golden', old.test];
  const naive = await train('naive', fresh, ...from, ...keep, '--protection', 'none');
  const kept = await train('kept', fresh, ...from, ...keep);
  const fewFromScratch = await train('few-scratch', few);
  const fewWithLora = await train('few-lora', few, ...from, '--method', 'lora');
  const fewWithAll = await train('few-full', few, ...from, '--method', 'full');
  const fewByTfIdf = await scikitLearn(few);
  const arm = (line: Line) => ({ ...figures(line), old: line.kept });
  return {
    fromScratch: figures(fromScratch),
    scikitLearn: tfIdf,
    forgetting: {
      base: figures(base),
      unprotected: arm(naive),
      protected: arm(kept),
      keptShare: kept.kept!.keptShare,
      gainedShare: kept.accuracy / naive.accuracy,
    },
    transfer: {
      examplesPerIntent: FEW,
      fromScratch: figures(fewFromScratch),
      lora: figures(fewWithLora),
      full: figures(fewWithAll),
      scikitLearn: fewByTfIdf,
    },
    manyLabels: await benchManyLabels(banking, folder),
  };
}
