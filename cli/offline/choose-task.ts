import { DriftloopError } from '../../domain/errors.ts';
import { readsText } from '../../domain/input.ts';
import { readCommandSignature } from '../../training/command/command-signature.ts';
import { kindOfVersion } from '../../training/describe-version.ts';
import { firstNames, hasJsonLines } from '../data/records.ts';
import { refuseNoFolder } from '../refuse-no-folder.ts';
import { refuseOtherProgram } from '../refuse-program.ts';
import { declaredModel } from './declared-model.ts';
import type { Declared } from './declared-model.ts';
import type { CommonSettings, OfflineTask, TaskKind, Wish } from './offline-task.ts';
import type { byProgram, Program } from './program/by-program.ts';

/** Names of values by which JSON lines say what they are without any flag. */
const namesOf: Partial<Record<TaskKind, readonly (readonly string[])[]>> = {
  text: [
    ['text', 'label'],
    ['text', 'labels'],
  ],
  image: [['image', 'label']],
  generation: [['prompt', 'answer'], ['messages'], ['prompt', 'chosen', 'rejected']],
};

/** What a file is for: what options or config say, else what its JSON lines look like, else rows of a table. */
export async function chooseTask(
  options: { train: string; task?: TaskKind; multiLabel?: boolean },
  declared: Declared | null,
): Promise<TaskKind> {
  const { task = options.multiLabel ? 'text' : undefined } = options;
  if (task !== undefined && options.multiLabel && task !== 'text') throw onlyTexts(task);
  if (task !== undefined) return task;
  if (declared !== null)
    return declared.model.task.kind === 'generation' ? 'generation' : kindOfInput(declared.model.input);
  if (!(await hasJsonLines(options.train))) return 'tabular';
  const header = await firstNames(options.train);
  const named = (Object.keys(namesOf) as TaskKind[]).find((kind) =>
    namesOf[kind]!.some(
      (names) => names.length === header.length && names.every((name) => header.includes(name)),
    ),
  );
  return named ?? 'tabular';
}

const onlyTexts = (task: TaskKind) =>
  new DriftloopError(
    'DL_TASK_UNFIT',
    `Only texts are given any number of labels, and the task is "${task}".`,
    { fix: 'Say --task text, or leave out --multi-label.' },
  );

/** Who does a task: networks of Driftloop's, or a program of the team's. */
export type Doer = { kind: TaskKind; program: Program | null };

/** Who trains what a config declares. A program opens a base by itself. */
export function doerOf(kind: TaskKind, declared: Declared | null, base: string | null): Doer {
  const trainer = declared?.trainer;
  return { kind, program: trainer?.kind === 'command' ? { trainer, base } : null };
}

/**
 * What an artifact was trained for, and by whom. Throws DL_ARTIFACT_MISSING where there is no such folder,
 * DL_ARTIFACT_CORRUPT where it holds none, and DL_PROGRAM_UNTRUSTED where it asks for a program that the config does not
 * name.
 */
export async function doerOfArtifact(
  folder: string,
  config: { config?: string; model?: string },
): Promise<Doer> {
  await refuseNoFolder(folder);
  const kind = await kindOfVersion(folder);
  if (kind === 'labels') return { kind: 'text', program: null };
  if (kind === 'writer') return { kind: 'generation', program: null };
  if (kind !== 'command') return { kind, program: null };
  const { trainer, model } = await readCommandSignature(folder);
  const declared = await declaredModel({ model: model.name, ...config });
  refuseOtherProgram(folder, trainer, declared?.trainer ?? null);
  return { kind: kindOfInput(model.input), program: { trainer, base: null } };
}

function kindOfInput(input: Declared['model']['input']): TaskKind {
  if (readsText(input)) return 'text';
  return Object.values(input).some(({ kind }) => kind === 'image') ? 'image' : 'tabular';
}

/** Calls `use` with what does this task, of which alone the modules are loaded. Throws DL_TASK_UNFIT for what a program is not given. */
export async function withTask<T>(
  { kind, program }: Doer,
  use: <Input, Settings extends CommonSettings>(task: OfflineTask<Input, Settings>) => Promise<T>,
): Promise<T> {
  switch (kind) {
    case 'tabular': {
      const { tabularTask } = await import('./tabular/tabular-task.ts');
      return program ? use(await inProgram(tabularTask, program)) : use(tabularTask);
    }
    case 'text': {
      const { textTask } = await import('./text/text-task.ts');
      return program ? use(await inProgram(textTask, program)) : use(textTask);
    }
    case 'image': {
      if (program) throw notForPrograms('images', 'Driftloop trains images by itself');
      const { imageTask } = await import('./image/image-task.ts');
      return use(imageTask);
    }
    case 'generation': {
      if (program) throw notForPrograms('prompts', 'Driftloop trains what writes by itself');
      const { generationTask } = await import('./generation/generation-task.ts');
      return use(generationTask);
    }
    default:
      return kind satisfies never;
  }
}

async function inProgram(task: Parameters<typeof byProgram>[0], program: Program) {
  const { byProgram } = await import('./program/by-program.ts');
  return byProgram(task, program);
}

const notForPrograms = (what: string, instead: string) =>
  new DriftloopError('DL_TASK_UNFIT', `A program is given rows and texts so far, not ${what}.`, {
    fix: `Leave trainer out of the config: ${instead}.`,
  });

/** Throws DL_TASK_UNFIT for a method or a base that the task cannot use. */
export function refuseUnfitWish(
  { kind, methods }: Pick<OfflineTask<unknown, CommonSettings>, 'kind' | 'methods'>,
  { fineTune: { method }, base }: Wish,
): void {
  if (base !== null && methods.base.length === 0)
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `The task "${kind}" is trained from scratch, not from a base such as ${base}.`,
      { fix: 'Leave out --base.' },
    );
  if (base === null && methods.scratch.length === 0)
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `The task "${kind}" goes on from a base that can do it already; from so few rows nothing learns it.`,
      { fix: 'Name a base: --base DIR, or --base hf:owner/name.' },
    );
  const fitting = base === null ? methods.scratch : methods.base;
  if (method === undefined || method === 'search' || fitting.includes(method)) return;
  if (base !== null)
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `The method "${method}" trains a new head; the task "${kind}" has none: its head is the base's own.`,
      { fix: `Leave out --method, or say --method ${fitting.join(' or --method ')}.` },
    );
  const instead = `say --method ${fitting.join(' or --method ')}`;
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `The method "${method}" adapts a base that is there already; the task "${kind}" is trained from scratch.`,
    {
      fix: methods.base.includes(method)
        ? `Name a base with --base DIR, or ${instead}.`
        : `Leave out --method, or ${instead}.`,
    },
  );
}
