import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { driftloopOf } from '../../../../cli/operate/driftloop.ts';
import type { Installation } from '../../../../cli/operate/installation.ts';

test('the page has every noun and every word of it', () => {
  // Nouns are made of an installation and ask it nothing before they are asked.
  const nouns = driftloopOf({ stores: {} } as Installation);
  const page = readFileSync(new URL('../../../../docs/operate.md', import.meta.url), 'utf8');
  const listed = page.split('\n').flatMap((line) => {
    const cells = /^\| `(\w+)` \| (.+) \|$/.exec(line);
    return cells === null ? [] : [[cells[1]!, cells[2]!.replaceAll('`', '').split(', ')] as const];
  });
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(Object.entries(nouns).map(([noun, words]) => [noun, Object.keys(words)])),
  );
});
