import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../cache.ts';
import { keepAfterAll, removeWhenWeEnd } from '../keeper.ts';

export type ClassArchive = {
  /** For the JVM, before everything else. */
  options: readonly string[];
  /** Call it after a clean end: the next start will be quick. */
  keep(): Promise<void>;
};

/**
 * A JVM reads, checks and links thousands of classes at each start of Kafka, which is most of what a start
 * costs. Java can write them to an archive when it ends, and map it the next time: 2.5 s of processor time
 * instead of 5.9 s.
 *
 * The first start on a machine writes the archive when it is stopped (some 2 s), every later one uses it. An
 * archive of another Java or other jars is ignored by Java, and has another name here.
 */
export async function classArchive(java: string, libs: string): Promise<ClassArchive> {
  const file = join(cacheRoot(), 'java-classes', `${identity(java, libs)}.jsa`);
  if (existsSync(file)) return { options: [`-XX:SharedArchiveFile=${file}`], keep: async () => {} };
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  removeWhenWeEnd(fresh);
  return {
    options: [`-XX:ArchiveClassesAtExit=${fresh}`],
    async keep() {
      if (existsSync(fresh)) await rename(fresh, file);
      await rm(fresh, { force: true });
      keepAfterAll(fresh);
    },
  };
}

/** The jars, named one by one: an archive is only good for the same class path in the same order. */
export const classPath = (libs: string): string =>
  readdirSync(libs)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(libs, name))
    .join(':');

const identity = (java: string, libs: string): string => {
  const program = realpathSync(java);
  const parts = [program, statSync(program).mtimeMs, classPath(libs)];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
};
