import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pages } from '../../../docs/generate.ts';

test('the generated reference pages are those of the code', async () => {
  const generated = await pages();
  expect(Object.keys(generated).length).toBeGreaterThan(0);
  for (const [name, text] of Object.entries(generated)) {
    const written = await readFile(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8');
    expect(written, `docs/reference/${name} is out of date: npm run docs`).toBe(text);
  }
});
