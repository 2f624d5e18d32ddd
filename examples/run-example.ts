import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { draw } from './picture.ts';
import type { Stage, Story, Told } from './tell.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const launcher = path.join(here, '../cli/bin/driftloop.mjs');

/** Tells a story: `npm run example -- NAME`. */
export async function runExample(name: string, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { short: { type: 'boolean' }, keep: { type: 'string' }, write: { type: 'boolean' } },
  });
  const folder = values.keep ?? (await mkdtemp(path.join(tmpdir(), `driftloop-${name}-`)));
  await mkdir(folder, { recursive: true });
  const { run } = (await import(`./${name}/run.ts`)) as { run: (stage: Stage) => Promise<Story> };
  try {
    const story = await run({ folder, size: values.short ? 'short' : 'whole', type: typeIn(folder) });
    process.stdout.write(`${JSON.stringify(story.measured)}\n`);
    if (values.write) {
      await writeFile(path.join(here, name, 'results.json'), `${JSON.stringify(story.measured, null, 2)}\n`);
      await writeFile(path.join(here, name, 'picture.svg'), draw(story.picture));
    }
  } finally {
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Each command is shown as it is typed; what it says to people goes on, its line of JSON comes back. */
const typeIn = (folder: string) => (line: string) =>
  new Promise<Told>((resolve, reject) => {
    process.stderr.write(`\n$ driftloop ${line}\n`);
    const child = execFile(
      process.execPath,
      [launcher, ...line.split(' '), '--json'],
      { cwd: folder, maxBuffer: 2 ** 28 },
      (error, out) => {
        const last = out.trimEnd().split('\n').at(-1) ?? '';
        // A gate that does not promote ends with another code, and has an answer all the same.
        if (last.startsWith('{')) resolve(JSON.parse(last) as Told);
        else reject(new Error(`driftloop ${line} gave no answer.`, { cause: error }));
      },
    );
    child.stderr?.pipe(process.stderr);
  });
