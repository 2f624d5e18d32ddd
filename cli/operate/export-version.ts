import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../domain/ports.ts';
import { needingRoom } from '../../domain/room.ts';
import { filesOf } from '../../infra/artifacts/digest.ts';
import { readOver } from '../../training/adapters/over-base.ts';
import type { OverBase } from '../../training/adapters/over-base.ts';
import { readArtifact } from '../../training/artifact.ts';
import { kindOfVersion } from '../../training/describe-version.ts';
import type { VersionKind } from '../../training/describe-version.ts';
import { tabularOnnx, unfit } from '../../training/export/tabular-onnx.ts';
import { LEARNT_FILE } from '../../training/learnt-file.ts';
import { SIGNATURE_FILE } from '../../training/signature-file.ts';
import { openArtifacts } from '../artifact-store.ts';
import { refuseFullFolder, writeWhole } from '../offline/out-folder.ts';
import type { Installation } from './installation.ts';

/** driftloop: the artifact as it is; safetensors: what others open; onnx: a network for columns as one file. */
export type ExportFormat = 'safetensors' | 'onnx' | 'driftloop';

const ONNX_FILE = 'model.onnx';

export type ExportWish = { model: string; version: string; format: ExportFormat; out: string };

/** What was written, as paths. */
export type ExportedVersion = Omit<ExportWish, 'out'> & { digest: string; files: string[] };

/** Writes a registered version where other tools open it. */
export async function exportVersion(
  { stores, environment }: Pick<Installation, 'stores' | 'environment'>,
  { model, version, format, out }: ExportWish,
): Promise<ExportedVersion> {
  const { digest } = await stores.versions.get(model, version);
  const files = await exportArtifact(openArtifacts(environment), { model, digest, format, out });
  return { model, version, digest, format, files: files.map((file) => path.join(out, file)) };
}

/** Returns the files, as paths inside the folder. */
export async function exportArtifact(
  artifacts: Pick<ArtifactStore, 'open' | 'files'>,
  { model, digest, format, out }: Omit<ExportWish, 'version'> & { digest: string },
): Promise<string[]> {
  await refuseFullFolder(out);
  const folder = await artifacts.open(digest);
  const kind = await kindOfVersion(folder);
  if (format === 'onnx') {
    if (kind !== 'tabular')
      throw unfit(model, `ONNX is written for networks of columns, and this is ${kinds[kind]}`);
    const bytes = tabularOnnx(await readArtifact(folder));
    await writeWhole(out, (staging) =>
      needingRoom(out, () => writeFile(path.join(staging, ONNX_FILE), bytes)),
    );
    return [ONNX_FILE];
  }
  if (format === 'safetensors' && kind === 'command')
    throw unfit(model, 'a program answers for it, whose files are its own');
  const over = await readOver(folder);
  if (format === 'safetensors' && over !== null) return writeMerged(folder, over, out);
  const all = (await artifacts.files(digest)).map((file) => file.path);
  // A network for columns is described nowhere but in our file; the others have a config.json as transformers reads it.
  const isOurs = (file: string) => file === LEARNT_FILE || (file === SIGNATURE_FILE && kind !== 'tabular');
  const files = format === 'driftloop' ? all : all.filter((file) => !isOurs(file));
  await copyInto(out, folder, files);
  return over === null ? files : [...files, ...(await bringBase(artifacts, over, out))];
}

/** What an adapter has learnt, in the weights of its base: what others open stands alone. */
async function writeMerged(folder: string, over: OverBase, out: string): Promise<string[]> {
  const [{ loadBackend }, { mergeAdapter }] = await Promise.all([
    import('../../infra/tensorflow/backend.ts'),
    import('../../training/export/merge-adapter.ts'),
  ]);
  const { tf } = await loadBackend();
  await writeWhole(out, (staging) => mergeAdapter(tf, folder, over, staging));
  return filesOf(out);
}

/** The base of an adapter, beside it by the name of its digest, as `version import` looks for it; once for all of them. */
async function bringBase(
  artifacts: Pick<ArtifactStore, 'open' | 'files'>,
  { digest }: OverBase,
  out: string,
): Promise<string[]> {
  const place = path.join(path.dirname(path.resolve(out)), digest);
  if (existsSync(place)) return [];
  const files = (await artifacts.files(digest)).map((file) => file.path);
  await copyInto(place, await artifacts.open(digest), files);
  return files.map((file) => path.join('..', digest, file));
}

const copyInto = (out: string, folder: string, files: readonly string[]): Promise<void> =>
  writeWhole(out, async (staging) => {
    for (const file of files) {
      const place = path.join(staging, file);
      await mkdir(path.dirname(place), { recursive: true });
      await needingRoom(out, () => copyFile(path.join(folder, file), place));
    }
  });

const kinds: Readonly<Record<VersionKind, string>> = {
  tabular: 'a network for columns',
  text: 'one for texts',
  labels: 'one for texts',
  image: 'one for images',
  writer: 'one that writes',
  command: 'a program',
};
