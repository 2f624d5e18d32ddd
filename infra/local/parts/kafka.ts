import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DriftloopError } from '../../../domain/errors.ts';
import type { Part, Source, Tools } from '../part.ts';
import { provision } from '../provision.ts';
import { releaseArchive } from '../release-archive.ts';
import { java } from './java.ts';

const VERSION = '4.3.1';
const home = fileURLToPath(new URL('../kafka', import.meta.url));

/** Compare a folder of jars with the pinned list; more or fewer files are as wrong as changed ones. */
async function checkJars(libs: string): Promise<void> {
  const pinned = (await readFile(join(home, 'libs.sha256'), 'utf8')).trim().split('\n');
  for (const line of pinned) {
    const [sha256, name] = line.split('  ') as [string, string];
    const actual = createHash('sha256')
      .update(await readFile(join(libs, name)))
      .digest('hex');
    if (actual === sha256) continue;
    throw new DriftloopError(
      'DL_CHECKSUM_MISMATCH',
      `${name} has the checksum ${actual}, expected ${sha256}.`,
      {
        fix: 'Delete it from the local Maven repository and try again.',
      },
    );
  }
}

/** Maven itself runs on Java; where only the cache has one, it has to be told. */
async function javaHome(tools: Tools): Promise<Record<string, string>> {
  const found = await provision(java, tools);
  if (!found || found.where !== 'cache') return {};
  return { JAVA_HOME: dirname(dirname(realpathSync(found.files.java))) };
}

const fromMaven: Source = {
  name: 'Maven',
  version: VERSION,
  async install(directory, tools, progress) {
    const maven = await tools.findOnPath('mvn', tools.env);
    if (!maven) throw new DriftloopError('DL_TOOL_MISSING', 'mvn is not on PATH.', { fix: 'Install Maven.' });
    const libs = join(directory, 'libs');
    const pinned = (await readFile(join(home, 'libs.sha256'), 'utf8')).trim().split('\n').length;
    let fetched = 0;
    progress('fetching', `${pinned} jars`);
    await tools.runTool({
      command: maven,
      args: [
        '--batch-mode',
        '--strict-checksums',
        `--file=${join(home, 'pom.xml')}`,
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${libs}`,
      ],
      env: await javaHome(tools),
      onLine: (line) => {
        if (!line.includes('Copying ')) return;
        progress('fetching', `${pinned} jars`, Math.min(1, ++fetched / pinned));
      },
    });
    await checkJars(libs);
  },
};

/** Apache Kafka's server, as a folder of jars. */
export const kafka: Part<'libs'> = {
  name: 'kafka',
  title: 'Kafka',
  variable: 'DRIFTLOOP_KAFKA_BROKERS',
  // A Kafka on PATH is a set of shell scripts around a folder that each distribution puts elsewhere.
  findInstalled: async () => null,
  folder: `kafka/${VERSION}`,
  files: { libs: 'libs' },
  sources: [
    releaseArchive({
      version: VERSION,
      urls: [
        `https://downloads.apache.org/kafka/${VERSION}/kafka_2.13-${VERSION}.tgz`,
        `https://archive.apache.org/dist/kafka/${VERSION}/kafka_2.13-${VERSION}.tgz`,
      ],
      sha256: 'f118328b2d053497350d5befd82c08db7ffd710327ff52943dd5caaa1b25db21',
      strip: 1,
    }),
    fromMaven,
  ],
  fix: 'Install Maven (and Java 17 or newer), or set DRIFTLOOP_KAFKA_BROKERS to a Kafka that is running.',
};
