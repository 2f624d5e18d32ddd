import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../bench/policy.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'driftloop-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file of one’s own is replayed, words and gaps included, and reported by its base name', async () => {
  const file = path.join(folder, 'sales.csv');
  const rows = Array.from({ length: 1_000 }, (_, i) => {
    const x = Math.sin(i * 12.9);
    const size = i % 3 === 0 ? 'small' : 'large';
    return [i, i % 50 === 7 ? '' : x.toFixed(4), size, x > 0 === (size === 'small') ? 'yes' : 'no'].join(',');
  });
  writeFileSync(file, ['id,x,size,returned', ...rows].join('\n'));
  const args = ['--data', file, '--label', 'returned', '--ignore', 'id', '--seeds', '1', '--delay', '50'];
  for (const trainer of ['plain', 'javascript']) {
    const done = await run([...args, '--trainer', trainer]);
    expect(done?.options).toMatchObject({ trainer, delay: 50, seeds: 1 });
    const figures = done?.results['sales.csv'] as Record<string, Record<string, number>>;
    expect(Object.keys(figures)).toEqual(['policy', 'never', 'schedule']);
    expect(figures['never']).toMatchObject({ trainings: 0, promotions: 0 });
    expect(figures['never']!['accuracy']).toBeGreaterThan(0.8);
    expect(figures['never']!['cost']).toBe(Math.round(900 * (1 - figures['never']!['accuracy']!)));
  }
});

test.each([
  [['--data', 'x.csv'], 'DL_OPTION_MISSING'],
  [['--data', 'x.csv', '--label', 'y', '--trainer', 'torch'], 'DL_OPTION_INVALID'],
  [['--seeds', '0'], 'DL_OPTION_INVALID'],
  [['--delay=-1'], 'DL_OPTION_INVALID'],
  [['--data', path.join(folder, 'absent.csv'), '--label', 'y', '--trainer', 'plain'], 'DL_DATA_MISSING'],
])('%j is refused with %s', async (args, code) => {
  await expect(run(args)).rejects.toMatchObject({ code });
});
