import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { random } from '../../../training/random.ts';
import { finetune } from './banking.ts';
import type { Banking } from './banking.ts';
import { scikitLearnMany } from './scikit-learn.ts';

const ROWS = { train: 3_000, test: 1_000 };
/** Questions in a text, at most. */
const MOST = 3;
const SEEDS = { train: 1, test: 2 };

/** What the default settings make of texts with any number of labels, beside TF-IDF with a logistic regression a label. */
export async function benchManyLabels(banking: Banking, folder: string): Promise<Record<string, unknown>> {
  const files = { train: write(banking, folder, 'train'), test: write(banking, folder, 'test') };
  const out = path.join(folder, 'many');
  const line = await finetune(['--train', files.train, '--test', files.test, '--out', out]);
  const { accuracy, microF1, macroF1, logLoss, trainSeconds } = line;
  return {
    rows: ROWS,
    fromScratch: { accuracy, microF1, macroF1, logLoss, trainSeconds },
    scikitLearn: await scikitLearnMany(files),
  };
}

/** Texts of one to three questions each, with the intents of all of them. */
function write({ rows }: Banking, folder: string, part: 'train' | 'test'): string {
  const chance = random(SEEDS[part]);
  const draw = (count: number) => Math.floor(count * chance.uniform());
  const texts = Array.from({ length: ROWS[part] }, () => {
    const questions = Array.from({ length: 1 + draw(MOST) }, () => rows[part][draw(rows[part].length)]!);
    return {
      text: questions.map(({ text }) => text).join(' '),
      labels: [...new Set(questions.map(({ category }) => category))],
    };
  });
  const file = path.join(folder, `many-${part}.jsonl`);
  writeFileSync(file, texts.map((text) => JSON.stringify(text)).join('\n'));
  return file;
}
