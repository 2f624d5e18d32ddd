import { existsSync } from 'node:fs';
import { DriftloopError } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/config.ts';
import { sayAnswers } from '../../domain/answer-text.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Person } from '../../domain/person.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { baseBeside, readOver } from '../../training/adapters/over-base.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { readSignatureJson } from '../../training/signature-file.ts';
import type { VersionDescription } from '../../training/describe-version.ts';
import { readLearnt } from '../../training/learnt-file.ts';
import { refuseNoFolder } from '../refuse-no-folder.ts';
import { refuseProgram } from '../refuse-program.ts';
import type { Installation } from './installation.ts';

export type Imported = {
  model: string;
  version: string;
  digest: string;
  /** Who has to be beaten; null where it is the first champion itself. */
  beside: string | null;
};

/**
 * Registers an artifact that was made elsewhere. It has to be one of this model, is loaded and made to answer first;
 * the first version of a model becomes its champion, a later one is a challenger until a run lets it prove itself.
 */
export async function importVersion(
  { stores, tuning }: Pick<Installation, 'stores' | 'tuning'>,
  { model, folder, person }: { model: string; folder: string; person: Pick<Person, 'name' | 'via'> },
): Promise<Imported> {
  const { config } = await stores.models.get(model);
  const { name: by, via } = person;
  return tuning(async ({ artifacts, predictor }) => {
    // Before anything of it is stored: a folder that is none, or is not there.
    await refuseNoFolder(folder);
    await readSignatureJson(folder);
    await bringBase(artifacts, folder);
    const { digest } = await artifacts.put(folder);
    const opened = await artifacts.open(digest);
    await refuseProgram(opened);
    const { reference, ...described } = await describeVersion(opened);
    refuseOther(config, described);
    await predictor.load(digest, opened);
    const champion = await stores.versions.champion(model);
    const { version, role } = await stores.versions.register({
      model,
      digest,
      parent: null,
      runId: null,
      snapshotId: null,
      trainSeconds: null,
      accuracyOnTest: null,
      reference,
      learnt: await readLearnt(opened),
    });
    if (role !== 'challenger') throw registeredBefore(model, version, role);
    const because = `imported from ${folder}`;
    if (champion === null)
      await stores.routes.promote(model, version, { by, because, byHand: { action: 'import', via } });
    else await stores.audit.append({ action: 'import', by, via, model, subject: version, because });
    return { model, version, digest, beside: champion?.version ?? null };
  });
}

/** The base of an adapter, where it lies beside it as in the store that it comes from; otherwise the store has to have it. */
async function bringBase(artifacts: ArtifactStore, folder: string): Promise<void> {
  const over = await readOver(folder);
  if (over === null) return;
  const base = baseBeside(folder, over);
  if (existsSync(base)) await artifacts.put(base);
}

const registeredBefore = (model: string, version: string, role: string) =>
  new DriftloopError(
    'DL_VERSION_KNOWN',
    `This artifact is ${version} of ${model} already, its role is ${role}.`,
    {
      fix: `See driftloop version list ${model}; go back to it with driftloop version rollback ${model} ${version}.`,
      status: 409,
    },
  );

const answersOf = (task: DeclaredTask): string[] => [task.kind, ...('labels' in task ? task.labels : [])];

/** An artifact of another model would answer with labels that nobody knows. */
function refuseOther({ name, task, input }: ModelConfig, { model }: Pick<VersionDescription, 'model'>): void {
  const differing = [
    ...(canonicalJson(answersOf(model.task).sort()) === canonicalJson(answersOf(task).sort())
      ? []
      : [`it answers ${sayAnswers(model.task)}, and ${name} is declared with ${sayAnswers(task)}`]),
    ...Object.keys(model.input)
      .filter((feature) => input[feature]?.kind !== model.input[feature]!.kind)
      .map(
        (feature) =>
          `it wants the ${model.input[feature]!.kind} "${feature}", which ${name} does not declare`,
      ),
  ];
  if (differing.length === 0) return;
  throw new DriftloopError('DL_ARTIFACT_UNFIT', `This is no artifact of ${name}: ${differing.join('; ')}.`, {
    fix: 'Import it for the model that it was trained for, or declare what it needs and run "driftloop apply".',
  });
}
