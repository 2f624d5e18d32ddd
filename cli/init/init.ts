import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { sayLeftOut } from '../data/infer-config.ts';
import type { Answer } from '../output.ts';
import { shellWord } from '../shell-word.ts';
import { describeData } from './describe-data.ts';
import type { DataWish, FoundModel } from './describe-data.ts';
import { linkPackage } from './link-package.ts';
import type { Template } from './template-names.ts';
import { rowsOf } from './templates.ts';
import { askText, bootstrapCommand, configText, readmeText } from './texts.ts';
import { sayThin } from './thin-data.ts';

/** Rows of one's own, or a template with made-up ones. */
export type InitWish = { folder: string } & (DataWish | { template: Template });

/** What was written, and what to type now. */
export type InitAnswer = {
  folder: string;
  model: string;
  leftOut: readonly { column: string; because: string }[];
  /** What is no mistake and worth a look: too few rows, in all or of a label. */
  warnings: readonly string[];
  commands: string[];
} & Pick<FoundModel, 'kind'> &
  Pick<FoundModel['model'], 'task' | 'input'>;

const CONFIG_FILE = 'driftloop.config.ts';

/**
 * Writes a project that `driftloop dev` runs: the config, a client, a README, and the rows of a template. Nothing that
 * is there is overwritten, and whatever is refused is refused before anything is written.
 *
 * @throws {DriftloopError} `DL_INIT_EXISTS`, and what the columns of the file lack
 */
export async function init(wish: InitWish): Promise<Answer<InitAnswer>> {
  const { folder } = wish;
  if (existsSync(path.join(folder, CONFIG_FILE))) throw exists(path.join(folder, CONFIG_FILE));
  const { found, warnings } =
    'template' in wish ? await begin(folder, wish.template) : await takeFile(folder, wish);
  const written: Record<string, string> = {
    [CONFIG_FILE]: configText(found),
    'ask.mjs': askText(found),
    'README.md': readmeText(found),
    '.gitignore': 'node_modules/\n.driftloop/\n',
  };
  const left: string[] = [];
  for (const [name, text] of Object.entries(written))
    if (!(await writeNew(path.join(folder, name), text))) left.push(name);
  await linkPackage(folder);
  const { model, leftOut } = found;
  const commands = ['driftloop dev', bootstrapCommand(found), 'node ask.mjs'];
  const says = [
    `${path.join(folder, CONFIG_FILE)} declares ${model.name}: ${Object.keys(model.input).length === 1 ? 'one input' : `${Object.keys(model.input).length} inputs`}, ${sayTask(model.task)}.`,
    ...leftOut.map(sayLeftOut),
    ...warnings,
    ...left.map((name) => `${name} was there already, and is as it was.`),
    ...(folder === '.' ? [] : [`In ${folder}:`]),
    ...commands.map((command) => `  ${command}`),
  ];
  return {
    json: {
      folder,
      model: model.name,
      kind: found.kind,
      task: model.task,
      input: model.input,
      leftOut,
      warnings,
      commands,
    },
    text: says.join('\n'),
    next: folder === '.' ? 'driftloop dev' : `cd ${shellWord(folder)} && driftloop dev`,
  };
}

const sayTask = (task: { kind: string; labels?: readonly string[] }): string =>
  task.labels === undefined ? task.kind : `${task.kind} with ${task.labels.length} labels`;

/** What the folder declares, and from which file, as it is named from there. */
type Begun = { found: FoundModel & { data: string }; warnings: string[] };

async function begin(folder: string, template: Template): Promise<Begun> {
  const { data, label, files } = await rowsOf(template);
  const at = (name: string) => path.join(folder, name);
  for (const [name, content] of Object.entries(files))
    if (existsSync(at(name)) && !(await readFile(at(name))).equals(Buffer.from(content)))
      throw exists(at(name));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeNew(at(name), content);
  }
  return { found: { ...(await describeData({ data: at(data), label })), data }, warnings: [] };
}

/** A file of one's own lies in the folder, or is copied there; one of images is named from there, as are its images from it. */
async function takeFile(folder: string, wish: DataWish): Promise<Begun> {
  const { data } = wish;
  const described = await describeData(wish);
  const warnings = await sayThin(data, described);
  const isCopied = described.kind !== 'image';
  const name = isCopied ? path.basename(data) : path.relative(folder, data);
  const here = path.join(folder, name);
  const isHere = path.resolve(here) === path.resolve(data);
  if (!isHere && existsSync(here)) throw exists(here);
  await mkdir(folder, { recursive: true });
  if (!isHere) await copyFile(data, here);
  return { found: { ...described, data: name }, warnings };
}

/** False where something is there already. */
async function writeNew(file: string, content: string | Buffer): Promise<boolean> {
  if (existsSync(file)) return false;
  await writeFile(file, content, { flag: 'wx' });
  return true;
}

const exists = (file: string) =>
  new DriftloopError('DL_INIT_EXISTS', `${file} is there already, and is not overwritten.`, {
    fix: 'Take another folder, or change the file by hand.',
  });
