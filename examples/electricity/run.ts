import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { numberOf, rounded, type Stage, type Story } from '../tell.ts';
import { csvLines } from './generate.ts';

/**
 * What a gate is for: v1 learns the first stretch of a market and answers all that follow; beside it stands, for each
 * stretch, a version that has learnt the one right before and took over without being asked what it is worth.
 */
export async function run({ folder, type, size }: Stage): Promise<Story> {
  const [rows, stretches] = size === 'whole' ? [2_000, 4] : [400, 1];
  const [header, ...lines] = [...csvLines({ rows: rows * (stretches + 1), seed: 7 })] as [
    string,
    ...string[],
  ];
  for (let i = 0; i <= stretches; i += 1) {
    const stretch = lines.slice(i * rows, (i + 1) * rows);
    await writeFile(path.join(folder, `stretch-${i}.csv`), `${[header, ...stretch].join('\n')}\n`);
  }
  const columns = '--label class --time date';
  const untouched: number[] = [];
  const retrained: number[] = [];
  for (let i = 1; i <= stretches; i += 1) {
    const told = await type(
      `finetune --train stretch-${i - 1}.csv --test stretch-${i}.csv ${columns} --out v${i}`,
    );
    const first = await type(`evaluate --artifact v1 --test stretch-${i}.csv --label class`);
    retrained.push(numberOf(told, 'accuracy'));
    untouched.push(numberOf(first, 'accuracy'));
  }
  const mean = (shares: readonly number[]) => rounded(shares.reduce((a, b) => a + b, 0) / shares.length);
  return {
    measured: {
      untouched: mean(untouched),
      retrained: mean(retrained),
      untouchedLast: rounded(untouched.at(-1)!),
      retrainedLast: rounded(retrained.at(-1)!),
    },
    picture: {
      title: 'Retrained blindly: now better, now worse',
      sentence: `Share of half-hours answered right, by stretches of ${rows.toLocaleString('en-US')} rows.`,
      bars: ['v1, never touched', '', 'retrained on the stretch before'],
      groups: untouched.map((share, i) => ({
        name: `stretch ${i + 1}`,
        shares: [share, null, retrained[i]!],
      })),
    },
  };
}
