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
export type TfIdf =
  | {
      version: string;
      default: Scored;
      /** `words`: whether single words are counted, or pairs of them too. */
      tuned: Scored & { chosen: { C: number; words: number } };
    }
  /** Why there are no figures. */
  | { skipped: string };

/** What TF-IDF with logistic regression makes of the same files; where there is no Python for it, why not. */
export async function scikitLearn(files: { train: string; test: string }): Promise<TfIdf> {
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const python = await pythonWith(peer, say).catch((error: unknown) => {
    if (error instanceof DriftloopError) return error;
    throw error;
  });
  if (python instanceof DriftloopError) {
    say(`scikit-learn's part is skipped: ${python.message} fix: ${python.fix}`);
    return { skipped: python.message };
  }
  const [command, ...args] = [...python, here('tfidf_arm.py'), files.train, files.test];
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout) as TfIdf;
}
