import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The pages of the project that people read, and what stands in them to be copied. */

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A page by its name from the root, such as "docs/gate.md". */
export type Page = { name: string; text: string };

/**
 * A block of a page. `given` is what a comment right before it says that the reader has already, and that the page
 * does not show again: `<!-- given: const labels = ['lost', 'found'] as const; -->`.
 */
export type Block = { page: string; line: number; language: string; text: string; given: string };

const list = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => name !== '' && existsSync(path.join(root, name)));

/** Every page; the README, docs/ and those beside code. */
export const pages: readonly Page[] = list('*.md').map((name) => ({
  name,
  text: readFileSync(path.join(root, name), 'utf8'),
}));

/** The files of a folder that git knows or would know. */
export const filesUnder = (...folders: string[]): string[] => list(...folders);

const fence = /^(?:<!-- given: (.*) -->\n)?```(\S*)\n([\s\S]*?)^```$/gm;

export const blocks: readonly Block[] = pages.flatMap(({ name, text }) =>
  [...text.matchAll(fence)].map((found) => ({
    page: name,
    line: text.slice(0, found.index).split('\n').length + (found[1] === undefined ? 0 : 1),
    language: found[2]!,
    text: found[3]!,
    given: found[1] ?? '',
  })),
);

/** Where a block stands, for whoever has to mend it. */
export const placeOf = ({ page, line }: Pick<Block, 'page' | 'line'>): string => `${page}:${line}`;

/** What a page says outside its blocks. */
export const proseOf = ({ text }: Page): string => text.replaceAll(fence, '');
