import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { needingRoom } from '../../domain/room.ts';
import { readSignatureJson } from '../../training/signature-file.ts';
import { openArtifacts } from '../artifact-store.ts';
import type { Installation } from './installation.ts';
import { mlflowFiles } from './mlflow-files.ts';

/** Where a run was written, and how many files of it MLflow reads. */
export type ExportedRun = { runId: string; model: string; folder: string; files: number };

/** Writes a run into an mlruns folder, beside those that are there; the same run again replaces itself. */
export async function exportRun(
  { stores, environment }: Pick<Installation, 'stores' | 'environment'>,
  id: string,
  out: string,
): Promise<ExportedRun> {
  const run = await stores.runs.get(id);
  const { namespace } = environment;
  const [progress, looks, story] = await Promise.all([
    stores.runs.progress(id),
    stores.runs.looks(id),
    stores.runs.story(id),
  ]);
  const version = run.version === null ? null : await stores.versions.get(run.model, run.version);
  const artifact = version === null ? null : await openArtifacts(environment).open(version.digest);
  const params = artifact === null ? {} : paramsIn(await readSignatureJson(artifact));
  const root = path.resolve(out);
  const place = (inMlruns: string) => pathToFileURL(path.join(root, inMlruns)).href;
  const written = mlflowFiles({ namespace, run, progress, looks, story, params }, place);
  await needingRoom(out, async () => {
    // Of a run that lacks one of these MLflow says that it is not there.
    for (const folder of ['metrics', 'params', 'artifacts'])
      await mkdir(path.join(root, written.run, folder), { recursive: true });
    for (const [name, text] of Object.entries(written.files)) {
      const file = path.join(root, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    if (artifact !== null)
      await cp(artifact, path.join(root, written.run, 'artifacts', 'version'), { recursive: true });
  });
  return {
    runId: id,
    model: run.model,
    folder: path.join(out, written.run),
    files: Object.keys(written.files).length,
  };
}

/** What a version says of how it was made. */
function paramsIn(signature: unknown): Record<string, unknown> {
  const { kind, network, training, temperature, lineage } = signature as Record<string, unknown>;
  return { kind: kind ?? 'tabular', network, training, temperature, lineage };
}
