import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isErrorCode } from '../../../domain/error-codes.ts';
import { filesUnder, pages, proseOf, root } from '../../support/pages/pages.ts';

/** What a page names is there: files, headings, error codes, metrics, variables. */

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => anchorOf(heading!)));

const links = pages.flatMap((page) =>
  [
    ...proseOf(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g),
  ].map(([, to]) => [page.name, to!] as const),
);

test('pages link to one another', () => expect(links.length).toBeGreaterThan(100));

test.each(links)('%s leads to %s', (page, to) => {
  const [file, anchor] = to.split('#') as [string, string | undefined];
  const target = file === '' ? path.join(root, page) : path.join(root, path.dirname(page), file);
  expect(existsSync(target), target).toBe(true);
  if (anchor === undefined) return;
  expect(statSync(target).isFile()).toBe(true);
  expect([...anchorsOf(readFileSync(target, 'utf8'))]).toContain(anchor);
});

/** Every name of this shape that a page says, with the page. */
const named = (shape: RegExp) =>
  pages.flatMap(({ name, text }) => [...text.matchAll(shape)].map(([found]) => ({ name, found })));

test('every error code is one', () => {
  const codes = named(/\bDL_[A-Z0-9_]*[A-Z0-9]\b(?!_?…)/g);
  expect(codes.length).toBeGreaterThan(150);
  expect(codes.filter(({ found }) => !isErrorCode(found))).toEqual([]);
});

test('every metric is one of the reference', () => {
  const reference = readFileSync(path.join(root, 'docs/reference/metrics.md'), 'utf8');
  const metrics = named(/\bdriftloop[:_][a-z0-9_]+(?::[a-z0-9_]+)?\b/g);
  expect(metrics.length).toBeGreaterThan(100);
  expect(metrics.filter(({ found }) => !reference.includes(found))).toEqual([]);
});

test('every variable is read somewhere', () => {
  const rooms = ['cli', 'infra', 'serving', 'console', 'activities', 'training', 'client', 'tests'];
  const files = filesUnder(...rooms).filter((name) => /\.(tsx?|mjs|yaml|yml)$|Dockerfile$/.test(name));
  const code = files.map((name) => readFileSync(path.join(root, name), 'utf8')).join('\n');
  const variables = named(/\bDRIFTLOOP_[A-Z_]*[A-Z]\b/g);
  expect(variables.length).toBeGreaterThan(50);
  const known = new Set(code.match(/\bDRIFTLOOP_[A-Z_]*[A-Z]\b/g));
  expect(variables.filter(({ found }) => !known.has(found))).toEqual([]);
});
