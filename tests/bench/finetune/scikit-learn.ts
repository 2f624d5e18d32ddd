import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DriftloopError } from '../../../domain/errors.ts';
import { pythonWith } from '../python-with.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const peer = {
  name: 'text-peers',
  version: '1',
  requirements: here('requirements.txt'),
  says: 'scikit-learn',
};

type Scored = { accuracy: number; trainSeconds: number };
type TfIdf = {
  version: string;
  default: Scored;
  /** `words`: whether single words are counted, or pairs of them too. */
  tuned: Scored & { chosen: { C: number; words: number } };
};

type ManyScored = Record<'accuracy' | 'microF1' | 'macroF1' | 'logLoss', number>;
type ManyTfIdf = {
  version: string;
  trainSeconds: number;
  /** Labels with a score of at least one half. */
  atHalf: ManyScored;
  /** Of at least the threshold that was best over folds of the training rows. */
  atBest: ManyScored & { threshold: number };
};

type Files = { train: string; test: string };

/** What TF-IDF with logistic regression makes of the same files; where there is no Python for it, why not. */
export const scikitLearn = (files: Files) => ask<TfIdf>('tfidf_arm.py', files);

/** The same of texts with any number of labels, with a logistic regression a label. */
export const scikitLearnMany = (files: Files) => ask<ManyTfIdf>('tfidf_many_arm.py', files);

async function ask<Answer>(program: string, files: Files): Promise<Answer | { skipped: string }> {
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const python = await pythonWith(peer, say).catch((error: unknown) => {
    if (error instanceof DriftloopError) return error;
    throw error;
  });
  if (python instanceof DriftloopError) {
    say(`scikit-learn's part is skipped: ${python.message} fix: ${python.fix}`);
    return { skipped: python.message };
  }
  const [command, ...args] = [...python, here(program), files.train, files.test];
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout) as Answer;
}
