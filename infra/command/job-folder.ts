import { copyFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AnyModel } from '../../domain/model-config.ts';
import type { JobFiles, ProgramTraining } from '../../domain/ports.ts';
import { needingRoom } from '../../domain/room.ts';
import { CONTRACT, SPEC_FILE } from '../../training/command/contract.ts';
import type { Spec } from '../../training/command/contract.ts';

/** Of a model that answers rows with a label or a number: a program is given nothing else. */
export type CommandJob = Omit<JobFiles, 'model'> & {
  model: Pick<AnyModel, 'name' | 'task' | 'input'>;
  training: ProgramTraining;
};

const USUAL_SEED = 1;

export type JobFolder = {
  path: string;
  checkpoints: string;
  artifact: string;
  /** Puts what was trained where the job wants it. */
  handOver(): Promise<void>;
  remove(): Promise<void>;
};

/**
 * Everything that a program needs in one folder, so that a container can be given it as a whole: beside the place of
 * the artifact, on the same disk. Readable by its owner only.
 */
export async function layOut(job: CommandJob): Promise<JobFolder> {
  const beside = path.dirname(path.resolve(job.outFolder));
  const folder = await needingRoom(beside, () => mkdtemp(path.join(beside, '.training-')));
  const at = (name: string) => path.join(folder, name);
  const paths = {
    train: 'train.jsonl',
    validation: 'validation.jsonl',
    rehearsal: job.training.old === null ? null : 'rehearsal.jsonl',
    golden: job.training.old === null ? null : 'golden.jsonl',
    champion: job.training.champion === null ? null : 'champion',
    checkpoints: 'checkpoints',
    artifact: 'artifact',
  };
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await needingRoom(folder, async () => {
      await mkdir(at(paths.checkpoints));
      await mkdir(at(paths.artifact));
      await copyFile(job.trainFile, at(paths.train));
      await copyFile(job.validationFile, at(paths.validation));
      if (job.training.old !== null) {
        await copyFile(job.training.old.rehearsal, at('rehearsal.jsonl'));
        await copyFile(job.training.old.golden, at('golden.jsonl'));
      }
      // A copy: nothing that a program does may change what the store keeps.
      if (job.training.champion !== null)
        await cp(job.training.champion, at('champion'), { recursive: true });
      await writeFile(at(SPEC_FILE), `${JSON.stringify(specOf(job, paths), null, 2)}\n`);
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    path: folder,
    checkpoints: at(paths.checkpoints),
    artifact: at(paths.artifact),
    async handOver() {
      await rm(job.outFolder, { recursive: true, force: true });
      await rename(at(paths.artifact), job.outFolder);
    },
    remove,
  };
}

/** A config's model carries more fields than the three. */
const specOf = (
  { model: { name, task, input }, training, lineage, checkpoint }: CommandJob,
  paths: Spec['paths'],
): Spec => ({
  contract: CONTRACT,
  model: { name, task, input },
  base: training.base,
  fineTune: training.wish,
  settings: training.trainer.settings,
  seed: training.wish?.seed ?? USUAL_SEED,
  lineage,
  paths,
  checkpointEverySeconds: checkpoint?.everyMs === undefined ? null : checkpoint.everyMs / 1000,
});
