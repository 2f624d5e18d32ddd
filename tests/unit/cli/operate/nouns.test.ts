import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { driftloopOf } from '../../../../cli/operate/driftloop.ts';
import * as operate from '../../../../cli/operate/index.ts';
import type { Installation } from '../../../../cli/operate/installation.ts';
import { createProgram } from '../../../../cli/main.ts';

// Nouns are made of an installation and ask it nothing before they are asked.
const driftloop = driftloopOf({ stores: {} } as Installation);
const page = readFileSync(new URL('../../../../docs/operate.md', import.meta.url), 'utf8');

/** The rows of the page below a head, each by what stands first. */
function rowsBelow(head: string): Record<string, string> {
  const [, below = ''] = page.split(`${head}\n|---|---|\n`);
  const rows = below.split('\n\n')[0]!.split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [, name, rest] = /^\| `(\w+)` \| (.+) \|$/.exec(row)!;
      return [name!, rest!];
    }),
  );
}

/** The words of a noun; of a noun inside it, `noun.word`. */
const wordsOf = (noun: object): string[] =>
  Object.entries(noun).flatMap(([word, value]) =>
    typeof value === 'object' ? wordsOf(value as object).map((inner) => `${word}.${inner}`) : [word],
  );

const said = (cell: string): string[] => cell.replaceAll('`', '').split(', ');

test('the page has every noun and every word of it', () => {
  const nouns = Object.entries(driftloop).filter(([, value]) => typeof value === 'object');
  expect(
    Object.fromEntries(
      Object.entries(rowsBelow('| noun | what it does |')).map(([n, cell]) => [n, said(cell)]),
    ),
  ).toEqual(Object.fromEntries(nouns.map(([noun, words]) => [noun, wordsOf(words)])));
  const alone = Object.entries(driftloop).filter(([, value]) => typeof value === 'function');
  expect(Object.keys(rowsBelow('| word | what it answers |'))).toEqual(alone.map(([word]) => word));
});

test('the page has what needs no installation', () => {
  const { openDriftloop, DriftloopError, ...beside } = operate;
  const rows = rowsBelow('| import | what it does |');
  expect(Object.keys(rows).toSorted()).toEqual(Object.keys(beside).toSorted());
  expect(said(rows['files']!)).toEqual(wordsOf(operate.files));
  expect([openDriftloop, DriftloopError].map((value) => typeof value)).toEqual(['function', 'function']);
});

/** They draw on a terminal or stay until they are ended: a program runs them as processes. */
const processes = ['demo', 'dev', 'server', 'monitor', 'worker', 'console', 'completion'];

/** Commands whose words are not those of the noun that has them. */
const elsewhere: Record<string, string> = {
  plan: 'config.plan',
  apply: 'config.apply',
  explain: 'run.explain',
  verify: 'run.verify',
  'model show': 'model.get',
  'run show': 'run.get',
  'rollout show': 'rollout.get',
};

const leaves = (command: Command, words: string[] = []): string[] =>
  command.commands.flatMap((child) => {
    const name = [...words, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [name.join(' ')];
  });

const reach = (from: object, path: string): unknown =>
  path.split('.').reduce<unknown>((at, word) => (at as Record<string, unknown> | undefined)?.[word], from);

test.each(leaves(createProgram()).filter((name) => !processes.includes(name)))(
  'driftloop %s is a word of programs too',
  (name) => {
    const path = elsewhere[name] ?? name.replaceAll(' ', '.');
    const found = [driftloop, operate, operate.files].map((from) => typeof reach(from, path));
    expect({ name, found }).toEqual({ name, found: expect.arrayContaining(['function']) as unknown });
  },
);

test('no command is excused that is not there', () => {
  expect(leaves(createProgram())).toEqual(expect.arrayContaining([...processes, ...Object.keys(elsewhere)]));
});
