import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { numberOf, rounded, writeLines, type Stage, type Story } from '../tell.ts';
import { writeBase } from './base.ts';
import { answered, answeredTest, corpus, judged, thumbs, thumbsTest } from './generate.ts';

/**
 * A small decoder learns to answer as the desk has answered, curtly and with something outdated; then thumbs and
 * corrections teach it by DPO what people want. What it writes to questions that it has not seen is read before and after.
 */
export async function run({ folder, type, size }: Stage): Promise<Story> {
  await writeBase(path.join(folder, 'base'), corpus, 1);
  await writeLines(folder, 'answered.jsonl', answered);
  await writeLines(folder, 'answered-test.jsonl', answeredTest);
  await writeLines(folder, 'thumbs.jsonl', thumbs);
  await writeLines(folder, 'thumbs-test.jsonl', thumbsTest);
  const epochs = size === 'whole' ? [30, 8] : [1, 1];

  const answers = await type(
    `finetune --train answered.jsonl --test answered-test.jsonl --base ./base --method full --learning-rate 0.003 --epochs ${epochs[0]} --out v1`,
  );
  const before = await written(folder, type, 'v1');
  const preferences = await type(
    `finetune --train thumbs.jsonl --test thumbs-test.jsonl --base ./v1 --method full --learning-rate 0.0005 --epochs ${epochs[1]} --out v2`,
  );
  const after = await written(folder, type, 'v2');
  return {
    measured: {
      answersLearnt: rounded(numberOf(answers, 'exactMatch')),
      preferenceAccuracy: rounded(numberOf(preferences, 'preferenceAccuracy')),
      wantedBefore: rounded(before.wanted),
      wantedAfter: rounded(after.wanted),
      upToDateBefore: rounded(before.upToDate),
      upToDateAfter: rounded(after.upToDate),
      weights: numberOf(preferences, 'totalParameters'),
      seconds: Math.round(numberOf(answers, 'trainSeconds') + numberOf(preferences, 'trainSeconds')),
    },
    picture: {
      title: 'What people want to read',
      sentence: `Share of ${thumbsTest.length} answers to questions in ways not seen before.`,
      bars: ['as the desk answered', '', 'after thumbs, by DPO'],
      groups: [
        { name: 'the wanted answer, word for word', shares: [before.wanted, null, after.wanted] },
        { name: 'nothing outdated in it', shares: [before.upToDate, null, after.upToDate] },
      ],
    },
  };
}

async function written(folder: string, type: Stage['type'], version: string) {
  await type(`predict --artifact ${version} --data answered-test.jsonl --out ${version}.jsonl`);
  const lines = (await readFile(path.join(folder, `${version}.jsonl`), 'utf8')).trimEnd().split('\n');
  return judged(lines.map((line) => (JSON.parse(line) as { text: string }).text));
}
