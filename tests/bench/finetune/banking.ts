import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

/** Banking77: questions to a bank, 77 intents; and `driftloop finetune` on parts of it, as a person types it. */

const launcher = fileURLToPath(new URL('../../../cli/bin/driftloop.mjs', import.meta.url));

type Question = { text: string; category: string };
export type Line = {
  accuracy: number;
  /** Of texts with any number of labels. */
  microF1?: number;
  macroF1: number;
  logLoss: number;
  trainSeconds: number;
  peakMemoryMb: number;
  kept?: { accuracyBefore: number; accuracyAfter: number; keptShare: number; interpolation: number };
};

export type Banking = {
  /** All intents, in the order of the alphabet. */
  intents: string[];
  rows: Readonly<Record<'train' | 'test', readonly Question[]>>;
  /** Writes the rows of some intents, at most `each` of one, and answers the file. */
  write(name: string, part: 'train' | 'test', of: readonly string[], each?: number): string;
};

/** @param shared the folder of the shared data; files are written to `folder` */
export function openBanking(shared: string, folder: string): Banking {
  const rowsOf = (part: string) =>
    parse<Question>(readFileSync(path.join(shared, `data/banking77_${part}.csv`)), { columns: true });
  const rows = { train: rowsOf('train'), test: rowsOf('test') };
  return {
    intents: [...new Set(rows.train.map(({ category }) => category))].sort(),
    rows,
    write(name, part, of, each = Infinity) {
      const seen = new Map<string, number>();
      const taken = rows[part].filter(({ category }) => {
        const n = (seen.get(category) ?? 0) + 1;
        seen.set(category, n);
        return of.includes(category) && n <= each;
      });
      const file = path.join(folder, `${name}.jsonl`);
      writeFileSync(
        file,
        taken.map(({ text, category: label }) => JSON.stringify({ text, label })).join('\n'),
      );
      return file;
    },
  };
}

/** Runs `driftloop finetune --json`; what it says goes to stderr. */
export const finetune = (args: readonly string[]): Promise<Line> =>
  new Promise((resolve, reject) => {
    const all = [launcher, 'finetune', '--json', '--seed', '1', ...args];
    const child = execFile(process.execPath, all, { maxBuffer: 2 ** 26 }, (error, out) =>
      error === null ? resolve(JSON.parse(out) as Line) : reject(error),
    );
    child.stderr!.pipe(process.stderr);
  });
