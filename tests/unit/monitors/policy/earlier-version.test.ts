import { expect, test } from 'vitest';
import { memoryWindow, pickEarlierVersion } from '../../../../monitors/policy/earlier-version.ts';

test('the earlier version with the best evidence comes back', () => {
  const picked = pickEarlierVersion([
    { version: 'v1', wins: 30, losses: 5 },
    { version: 'v2', wins: 40, losses: 5 },
  ]);
  expect(picked).toMatchObject({ version: 'v2', tried: 2 });
  expect(picked!.sentence).toContain('v2 fits the new rows better than the champion');
});

test('the more versions are tried, the more evidence one of them needs', () => {
  const shown = { version: 'v1', wins: 7, losses: 0 }; // E = 24, enough for one try at .05
  expect(pickEarlierVersion([shown])).toMatchObject({ version: 'v1' });
  expect(pickEarlierVersion([shown, { version: 'v2', wins: 0, losses: 0 }])).toBeNull();
});

test('nothing to try picks nothing', () => {
  expect(pickEarlierVersion([])).toBeNull();
});

test('versions are compared on the newest 100 rows since onset', () => {
  expect(memoryWindow({ labelled: 1_000, onsetSeq: 300 })).toEqual({ fromSeq: 901, toSeq: 1_000 });
  expect(memoryWindow({ labelled: 1_000, onsetSeq: 960 })).toEqual({ fromSeq: 960, toSeq: 1_000 });
});
