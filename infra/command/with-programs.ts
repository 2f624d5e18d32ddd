import type { Predictor } from '../../domain/ports.ts';
import { notAWriter } from '../../domain/writing.ts';
import type { Writer } from '../../domain/writing.ts';
import { readCommandSignature } from '../../training/command/command-signature.ts';
import type { CommandSignature } from '../../training/command/command-signature.ts';
import { kindOfVersion } from '../../training/describe-version.ts';
import type { Answering } from './answering-program.ts';
import { startAnswers } from './start-answers.ts';

type Version = { folder: string; signature: CommandSignature; program: Promise<Answering> };

/**
 * A predictor that also answers with versions which a program has trained: each has its program running, or is loaded by
 * a model server, and is started again at the next question where it has ended. Whoever uses it runs what the registry's versions name.
 */
export function withPrograms(predictor: Predictor & Writer): Predictor & Writer {
  const versions = new Map<string, Promise<Version>>();
  /** Whose program has answered that it is there. */
  const ready = new Set<string>();
  const close = async (version: Promise<Version>) => {
    const opened = await version.catch(() => null);
    await (await opened?.program.catch(() => null))?.close();
  };
  return {
    get backend() {
      return predictor.backend;
    },
    async load(key, folder) {
      const known = versions.get(key);
      if (known) return void (await known);
      if ((await kindOfVersion(folder)) !== 'command') return await predictor.load(key, folder);
      const version = versions.get(key) ?? open(folder);
      versions.set(key, version);
      try {
        await version;
        ready.add(key);
      } catch (error) {
        versions.delete(key);
        throw error;
      }
    },
    async predict(key, rows) {
      const version = await versions.get(key);
      if (!version) return await predictor.predict(key, rows);
      if (rows.length === 0) return [];
      return await (await running(version)).answer(rows);
    },
    async write(key, conversation, wish, told) {
      if (versions.has(key)) throw notAWriter(key);
      return await predictor.write(key, conversation, wish, told);
    },
    async unload(key) {
      const version = versions.get(key);
      if (!version) return await predictor.unload(key);
      versions.delete(key);
      ready.delete(key);
      await close(version);
    },
    loaded: () => [...predictor.loaded(), ...ready],
    // What a program of the team's holds is theirs to watch.
    memoryMb: (key) => (versions.has(key) ? null : predictor.memoryMb(key)),
    async close() {
      await Promise.all([predictor.close(), ...[...versions.values()].map(close)]);
      versions.clear();
      ready.clear();
    },
  };
}

async function open(folder: string): Promise<Version> {
  const signature = await readCommandSignature(folder);
  const version = { folder, signature, program: start(folder, signature) };
  await version.program;
  return version;
}

const start = (folder: string, { trainer, model }: CommandSignature) =>
  startAnswers(trainer, { folder, model });

async function running(version: Version): Promise<Answering> {
  const program = await version.program.catch(() => null);
  if (program?.isRunning()) return program;
  version.program = start(version.folder, version.signature);
  return version.program;
}
