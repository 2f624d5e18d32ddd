import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from '../debian.ts';
import { goModule } from '../go-tool.ts';
import type { Part, Source } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';

const VERSION = '2.45.0';

/** What Debian's program needs to show its pages. */
const pages = [
  'bootstrap4',
  'd3',
  'eonasdan-bootstrap-datetimepicker',
  'jquery',
  'jquery-hotkeys',
  'moment',
  'moment-timezone',
  'mustache',
  'popper.js',
  'rickshaw',
].map((name) => `libjs-${name}`);

const debian = debianPackages({ version: '2.42', names: ['prometheus', ...pages] });

const fromDebian: Source = {
  ...debian,
  async install(directory, tools, progress) {
    await debian.install(directory, tools, progress);
    await findPagesBesideIt(join(directory, 'usr/bin/prometheus'));
    for (const name of ['prometheus', 'promtool']) {
      await symlink(`usr/bin/${name}`, join(directory, name));
    }
  },
};

/**
 * Debian's program reads its web pages from /usr/share/prometheus/web, where an unpacked package is not.
 * Without the leading slash, which keeps the length, the path begins in the working directory, and the stack
 * starts Prometheus in its own folder. Everything but the pages works without this.
 */
async function findPagesBesideIt(program: string): Promise<void> {
  const bytes = await readFile(program);
  const path = Buffer.from('/usr/share/prometheus/web/');
  const at = bytes.indexOf(path);
  if (at < 0 || bytes.indexOf(path, at + 1) >= 0) return;
  bytes.write('usr/share/prometheus/web//', at, 'latin1');
  await writeFile(program, bytes);
}

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
  folder: `prometheus/${VERSION}`,
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
