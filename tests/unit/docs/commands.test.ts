import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { consoleScene } from '../../fakes/console-scene.ts';
import { servingApp } from '../../fakes/serving-app.ts';
import { blocks, pages, placeOf, proseOf, root } from '../../support/pages/pages.ts';
import { commandsOf } from '../../support/pages/shell.ts';
import { problemOf } from '../../support/pages/typed.ts';

/** What readers are told to type is what can be typed: every command, its options, scripts and files. */

const scripts = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: object })
  .scripts;

const typed = blocks
  .filter(({ language }) => language === 'sh')
  .map((block) => [placeOf(block), block] as const);

test('a shell block is read as a shell reads it', () => {
  expect(
    commandsOf('A=1 npx x --y "a b" \\\n  c > f.txt   # why\necho $(date +%F) && b | c; d &\n# nothing\n'),
  ).toEqual([['npx', 'x', '--y', 'a b', 'c'], ['echo', '$(date +%F)'], ['b'], ['c'], ['d']]);
});

test('a misspelt option and a command that there is not are found', async () => {
  expect(await problemOf(['drift', 'score', 'm', '--jsn'])).toMatchObject({
    code: 'commander.unknownOption',
  });
  expect(await problemOf(['run', 'shwo', 'run-1'])).toMatchObject({ code: 'commander.unknownCommand' });
  expect(await problemOf(['run', 'show'])).toMatchObject({ code: 'commander.missingArgument' });
  expect(await problemOf(['run', 'show', 'run-1', '--dossier'])).toBeNull();
});

/** The arguments of `driftloop` in a command, however it is started; null where it is another program's. */
function ours(words: readonly string[]): readonly string[] | null {
  const [first, second, third] = words;
  if (first === 'driftloop') return words.slice(1);
  if (first === 'npx' && second === 'driftloop') return words.slice(2);
  if (first === 'npm' && second === 'run' && (third === 'demo' || third === 'dev'))
    return [third, ...words.slice(4)];
  const inImage = words.indexOf('worker');
  return first === 'docker' && words.includes('run') && inImage > 0 ? words.slice(inImage + 1) : null;
}

test.each(typed)('%s can be typed', async (_, { page, text }) => {
  const folder = path.join(root, path.dirname(page));
  for (const words of commandsOf(text)) {
    const args = ours(words);
    const line = words.join(' ');
    if (args !== null) expect(await problemOf(args.filter((word) => !/^\[|\]$/.test(word))), line).toBeNull();
    else if (words[0] === 'npm' && words[1] === 'run') {
      expect(scripts, line).toHaveProperty(words[2]!);
      if (words[2] === 'bench')
        expect(existsSync(path.join(root, 'tests/bench', `${words[4]!}.ts`)), line).toBe(true);
    } else if (words[0] === 'npx' && words[1] === 'tsx')
      expect(existsSync(path.join(root, words[2]!.replace(/^\.\.\//, ''))), line).toBe(true);
    else if (words[0] === 'python3') expect(existsSync(path.join(folder, words[1]!)), line).toBe(true);
    else
      expect(['curl', 'export', 'openssl', 'docker', 'pip', 'npm', 'cd', 'cp', 'mkdir'], line).toContain(
        words[0],
      );
  }
});

/** `npx driftloop run list MODEL [--json]` in a sentence: the arguments may be left out there. */
const inline = pages.flatMap((page) =>
  [...proseOf(page).matchAll(/`(?:npx )?driftloop ([a-z][^`]*)`/g)].map(
    ([, line]) => [page.name, line!] as const,
  ),
);

const leftOut = ['commander.missingArgument', 'commander.optionMissingArgument', 'commander.help'];

test('there are sentences that name commands', () => expect(inline.length).toBeGreaterThan(50));
test.each(inline)('%s names driftloop %s', async (_, line) => {
  const problem = await problemOf(commandsOf(line.replaceAll(/[[\]]/g, ' ')).flat(), { needsAll: false });
  expect([...leftOut, undefined], problem?.message).toContain(problem?.code);
});

test('every address that is asked by curl is one of the server or of the console', async () => {
  const { app: server } = await servingApp();
  const doors = [server, consoleScene().app].flatMap(({ routes }) =>
    routes.filter(({ method }) => method !== 'ALL').map(({ method, path: route }) => ({ method, route })),
  );
  const asked = typed.flatMap(([place, { text }]) =>
    commandsOf(text)
      .filter(([first]) => first === 'curl')
      .map((words) => ({ place, words })),
  );
  expect(asked.length).toBeGreaterThan(3);
  for (const { place, words } of asked) {
    const after = (option: string) =>
      words.includes(option) ? words[words.indexOf(option) + 1]! : undefined;
    const body = after('-d');
    const method = after('-X') ?? (body === undefined ? 'GET' : 'POST');
    const address = words.find((word) => /^\$(SERVER|CONSOLE)\//.test(word))!.replace(/^\$\w+|\?.*/g, '');
    const fits = doors.some((door) => door.method === method && patternOf(door.route).test(address));
    expect(fits, `${place}: ${method} ${address}`).toBe(true);
    if (body !== undefined) expect(() => JSON.parse(body) as unknown, place).not.toThrow();
  }
});

/** The addresses that a route of Hono takes: `/v1/models/:model{.+:predict}`. */
const patternOf = (route: string): RegExp =>
  new RegExp(
    `^${route.replaceAll(/:\w+(?:\{(.+?)\})?(?=\/|$)/g, (_, only?: string) => (only === undefined ? '[^/]+' : `(?:${only})`))}$`,
  );
