import { existsSync } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';
import { describeData } from './describe-data.ts';
import type { DataWish, FoundModel } from './describe-data.ts';
import { linkPackage } from './link-package.ts';
import type { Template } from './template-names.ts';
import { rowsOf } from './templates.ts';
import { askText, bootstrapCommand, configText, readmeText } from './texts.ts';

/** Rows of one's own, or a template with made-up ones. */
export type InitWish = { folder: string } & (DataWish | { template: Template });

/** What was written, and what to type now. */
export type InitAnswer = {
  folder: string;
  model: string;
  leftOut: readonly { column: string; because: string }[];
  commands: string[];
} & Pick<FoundModel, 'kind'> &
  Pick<FoundModel['model'], 'task' | 'input'>;

const CONFIG_FILE = 'driftloop.config.ts';

/**
 * Writes a project that `driftloop dev` runs: the config, a client, a README, and the rows of a template. Nothing that
 * is there is overwritten.
 *
 * @throws {DriftloopError} `DL_INIT_EXISTS`, and what the columns of the file lack
 */
export async function init(wish: InitWish): Promise<Answer<InitAnswer>> {
  const { folder } = wish;
  if (existsSync(path.join(folder, CONFIG_FILE))) throw exists(path.join(folder, CONFIG_FILE));
  await mkdir(folder, { recursive: true });
  const rows = 'template' in wish ? await writeTemplate(folder, wish.template) : await takeFile(folder, wish);
  const described = await describeData({ ...rows, data: path.join(folder, rows.data) });
  const found = { ...described, data: rows.data };
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
    ...leftOut.map(({ column, because }) => `"${column}" is not used: ${because}.`),
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
      commands,
    },
    text: says.join('\n'),
    next: folder === '.' ? 'driftloop dev' : `cd ${folder} && driftloop dev`,
  };
}

const sayTask = (task: { kind: string; labels?: readonly string[] }): string =>
  task.labels === undefined ? task.kind : `${task.kind} with ${task.labels.length} labels`;

async function writeTemplate(folder: string, template: Template): Promise<DataWish> {
  const { data, label, files } = await rowsOf(template);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeNew(path.join(folder, name), content);
  }
  return { data, label };
}

/** A file of one's own lies in the folder, or is named from there. */
async function takeFile(folder: string, { data, ...said }: DataWish): Promise<DataWish> {
  if (
    !(await stat(data).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    throw noFile(data);
  const name = path.basename(data);
  const here = path.join(folder, name);
  if (path.resolve(here) !== path.resolve(data)) {
    if (existsSync(here)) throw exists(here);
    await copyFile(data, here);
  }
  return { ...said, data: name };
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

const noFile = (file: string) =>
  new DriftloopError('DL_DATA_MISSING', `There is no file ${file}.`, {
    fix: 'Name a CSV file or JSON lines with --data, or take --template tabular.',
  });
