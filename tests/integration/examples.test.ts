import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { draw } from '../../examples/picture.ts';
import { run as chat } from '../../examples/support-chat/run.ts';
import { run as digits } from '../../examples/digits/run.ts';
import { run as intents } from '../../examples/support-intents/run.ts';
import type { Stage, Told } from '../../examples/tell.ts';
import { typeHere } from '../support/command-line.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The stories in examples/, in short: the same commands on fewer rows. `npm run example -- NAME` tells them whole. */

function stage(): Stage & { typed: string[] } {
  const folder = tempFolder();
  const typed: string[] = [];
  const type = async (line: string): Promise<Told> => {
    typed.push(line);
    const { code, out, err } = await typeHere(folder, ...line.split(' '), '--json');
    expect(code, err).toBe(0);
    return JSON.parse(out.trimEnd().split('\n').at(-1)!) as Told;
  };
  return { folder, typed, type, size: 'short' };
}

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const kept = (name: string) =>
  JSON.parse(readFileSync(path.join(examples, name, 'results.json'), 'utf8')) as Record<string, number>;

test(
  'new matters are learnt by LoRA, once with old ones beside and once without',
  { timeout: 600_000 },
  async () => {
    const { measured, picture } = await intents(stage());
    expect(Object.keys(measured)).toEqual(Object.keys(kept('support-intents')));
    // How much: tests/integration/tutorial.test.ts trains on as many rows as that takes.
    expect(measured['knownCareless']).toBeLessThan(measured['knownCareful']!);
    expect(measured['weightsTrained']).toBeLessThan(measured['weights']! / 2);
    expect(draw(picture)).toMatch(/^<svg [^]*<\/svg>\n$/);
  },
);

test(
  'what pens write and what meters show goes through the same commands',
  { timeout: 600_000 },
  async () => {
    const story = stage();
    const { measured } = await digits(story);
    expect(Object.keys(measured)).toEqual(Object.keys(kept('digits')));
    expect(story.typed.at(-1)).toContain('--base ./v1');
    expect(existsSync(path.join(story.folder, 'v2/model.safetensors'))).toBe(true);
  },
);

test(
  'a decoder that is made here learns answers, then preferences, and writes',
  { timeout: 600_000 },
  async () => {
    const story = stage();
    const { measured } = await chat(story);
    expect(Object.keys(measured)).toEqual(Object.keys(kept('support-chat')));
    expect(measured['preferenceAccuracy']).toBeGreaterThan(0);
    expect(readFileSync(path.join(story.folder, 'v2.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(24);
  },
);

test('each example has one screen to read, and its picture is small', () => {
  for (const name of readdirSync(examples).filter((n) => existsSync(path.join(examples, n, 'run.ts')))) {
    const readme = readFileSync(path.join(examples, name, 'README.md'), 'utf8');
    expect(readme.split('\n').length, name).toBeLessThan(50);
    expect(readme).toContain('![');
    expect(readFileSync(path.join(examples, name, 'picture.svg')).length).toBeLessThan(150_000);
    // The figures of the page are those that were measured.
    for (const [figure] of readme.matchAll(/(?<![\w.])\.\d{2,3}\b/g))
      expect(
        Object.values(kept(name)).map((share) => share.toFixed(figure.length - 1).replace(/^0/, '')),
        name,
      ).toContain(figure);
  }
});
