import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { finetune } from '../../cli/offline/finetune.ts';
import type { ReportData } from '../../console/report/report-data.ts';
import { random } from '../../training/random.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Customers who stay for longer than 30 months; some lines are copies, some are called what they are not. */
function customers(seed: number, people: number, { copies = 0, wrong = 0 } = {}) {
  const chance = random(seed);
  const lines = Array.from({ length: people * 4 }, (_, i) => {
    const tenure = Math.round(600 * chance.uniform()) / 10;
    const truth = tenure > 30 ? 'stay' : 'leave';
    const label = i < wrong ? (truth === 'stay' ? 'leave' : 'stay') : truth;
    return `p${seed}-${i % people},${tenure},${Math.round(1e6 * chance.uniform())},${label}`;
  });
  return ['who,tenure,spent,label', ...lines, ...lines.slice(lines.length - copies)].join('\n');
}

test('a run says what its data was like, and lists labels to look at', async () => {
  const folder = tempFolder();
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const out = path.join(folder, 'out');
  const outlier = 'p9-0,5000,7,stay';
  await finetune({
    train: file('train.csv', customers(1, 120, { copies: 12, wrong: 24 })),
    test: file('test.csv', `${customers(2, 20)}\n${outlier}`),
    entity: 'who',
    out,
    epochs: 30,
  });
  const { rows, validationIs, card } = JSON.parse(
    readFileSync(path.join(out, 'metrics.json'), 'utf8'),
  ) as ReportData;
  expect(validationIs).toBe('whole ones by "who"');
  expect(rows.train + rows.validation).toBe(480);
  expect(rows.validation % 4).toBe(0);
  expect(card).toMatchObject({
    rows: 492,
    kept: 480,
    duplicates: { exact: 12, near: 0 },
    columns: { tenure: { kind: 'number' }, spent: { kind: 'number' } },
    outOfRange: { values: 1, examples: [{ line: 82, column: 'tenure' }] },
  });
  expect(Object.keys(card.columns)).not.toContain('who');

  // Whoever validated and is called wrongly is on the list, and hardly anybody else.
  const { examples, among } = card.suspects!;
  expect(among).toBe(rows.validation);
  const wrongly = examples.filter(({ line }) => line >= 2 && line < 26);
  expect(wrongly.length).toBeGreaterThan(0);
  for (const { says, given, suggested } of wrongly) {
    expect(says).toContain('tenure: ');
    expect([given, suggested].toSorted()).toEqual(['leave', 'stay']);
  }
  expect(readFileSync(path.join(out, 'report.html'), 'utf8')).toContain('What to look at in the data');
});
