import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from '../debian.ts';
import { goModule } from '../go-tool.ts';
import type { Part, Source } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';

const VERSION = '2.45.0';

const debian = debianPackages({ version: '2.42', names: ['prometheus'] });

/** Unpacked, Debian's program lacks its web pages (they are looked for in a folder of the system), no more. */
const fromDebian: Source = {
  ...debian,
  async install(directory, tools, progress) {
    await debian.install(directory, tools, progress);
    for (const name of ['prometheus', 'promtool']) {
      await symlink(`usr/bin/${name}`, join(directory, name));
    }
  },
};

/** Prometheus, with promtool to check rules. */
export const prometheus: Part<'prometheus' | 'promtool'> = {
  name: 'prometheus',
  title: 'Prometheus',
  variable: 'DRIFTLOOP_PROMETHEUS_URL',
  findInstalled: (tools) =>
    onPath(
      tools,
      { prometheus: 'prometheus', promtool: 'promtool' },
      { args: ['--version'], after: 'version ', least: '2.40' },
    ),
  folder: 'prometheus/2',
  files: { prometheus: 'prometheus', promtool: 'promtool' },
  sources: [
    releaseArchive({
      version: VERSION,
      urls: [
        `https://github.com/prometheus/prometheus/releases/download/v${VERSION}/prometheus-${VERSION}.linux-amd64.tar.gz`,
      ],
      sha256: '1c7f489a3cc919c1ed0df2ae673a280309dc4a3eaa6ee3411e7d1f4bdec4d4c5',
      strip: 1,
    }),
    fromDebian,
    goModule({
      version: VERSION,
      module: fileURLToPath(new URL('../prometheus', import.meta.url)),
      programs: [
        'github.com/prometheus/prometheus/cmd/prometheus',
        'github.com/prometheus/prometheus/cmd/promtool',
      ],
      versionVariable: 'github.com/prometheus/common/version.Version',
    }),
  ],
  fix: 'Put `prometheus` and `promtool` on PATH, or set DRIFTLOOP_PROMETHEUS_URL to a server.',
};
