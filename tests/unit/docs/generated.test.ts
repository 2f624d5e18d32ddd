import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pages } from '../../../docs/generate.ts';

test('what is made from the code is what the code makes', async () => {
  const generated = await pages();
  expect(Object.keys(generated).length).toBeGreaterThan(0);
  for (const [name, text] of Object.entries(generated)) {
    const written = await readFile(new URL(`../../../${name}`, import.meta.url), 'utf8');
    expect(written, `${name} is out of date: npm run docs`).toBe(text);
  }
});
