import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { driftReport } from '../../cli/drift/report.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

const [header, ...half] = ['data/elec2.csv'].flatMap((file) => {
  try {
    return readFileSync(shared(file), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
});

test(
  'of real half-hours the page tells which columns moved, when, and how the answers became worse',
  needsShared('data/elec2.csv'),
  async () => {
    const folder = tempFolder();
    const data = path.join(folder, 'electricity.csv');
    writeFileSync(data, [header, ...half.slice(15_000, 21_000)].join('\n'));
    const out = path.join(folder, 'report.html');
    const { json, text } = await driftReport({ data, label: 'class', time: 'date', out });
    const { story, referenceRows } = json;
    expect([referenceRows, story.rows]).toEqual([600, 5_400]);
    // From row 17,400 on Victoria's price, demand and the transfer are known; until then they were constant.
    const moved = story.features.filter(({ since }) => since !== null).map(({ name }) => name);
    expect(moved).toEqual(expect.arrayContaining(['vicprice', 'vicdemand', 'transfer']));
    expect(text).toContain(out);
    const page = readFileSync(out, 'utf8');
    for (const said of ['Drift report', 'How good it was', 'What moved', 'vicprice'])
      expect(page).toContain(said);
    expect(page).not.toMatch(/<script|src=|href="http/);
    await expect(driftReport({ data, label: 'class', out })).rejects.toMatchObject({
      code: 'DL_FOLDER_NOT_EMPTY',
    });
  },
);

test('a team’s own answers are read from their column, and a mistake in it is told with its line', async () => {
  const folder = tempFolder();
  const data = path.join(folder, 'calls.csv');
  const row = (i: number) =>
    `${(i * 37) % 101},${i % 2 === 0 ? 'yes' : 'no'},${i % 2 === 0 || i > 700 ? 'yes' : 'no'}`;
  writeFileSync(data, ['length,truth,answer', ...Array.from({ length: 1_000 }, (_, i) => row(i))].join('\n'));
  const options = { data, label: 'truth', prediction: 'answer', out: path.join(folder, 'a.html') };
  const { text } = await driftReport(options);
  expect(text).toMatch(/of 100 answers 100 were right, and 50 are since row 60[0-9]/);
  const out = path.join(folder, 'b.html');
  await expect(driftReport({ ...options, out, reference: 900 })).rejects.toMatchObject({
    code: 'DL_TOO_FEW_ROWS',
  });
  // Said before the file is read, and before anything is trained.
  const nowhere = path.join(folder, 'missing', 'x.html');
  await expect(driftReport({ ...options, data: 'nowhere.csv', out: nowhere })).rejects.toMatchObject({
    code: 'DL_FOLDER_UNUSABLE',
    message: expect.stringContaining(path.join(folder, 'missing')) as string,
    fix: expect.stringContaining('Make the folder') as string,
  });
  writeFileSync(data, `${readFileSync(data, 'utf8')}\n1,yes,perhaps\n`);
  await expect(driftReport({ ...options, out })).rejects.toThrow(
    'calls.csv, line 1002: "perhaps" in "answer"',
  );
});
