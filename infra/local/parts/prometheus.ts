import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackages } from '../debian.ts';
import { goInstall } from '../go-tool.ts';
import type { Part, Source } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';

/** A Debian package's programs, linked to the top of its folder. */
export const debianPrograms = (version: string, name: string, links: Record<string, string>): Source => {
  const packages = debianPackages({ version, names: [name] });
  return {
    ...packages,
    async install(directory, tools, progress) {
      await packages.install(directory, tools, progress);
      for (const [link, target] of Object.entries(links)) await symlink(target, join(directory, link));
    },
  };
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
      version: '2.45.0',
      urls: [
        'https://github.com/prometheus/prometheus/releases/download/v2.45.0/prometheus-2.45.0.linux-amd64.tar.gz',
      ],
      sha256: '1c7f489a3cc919c1ed0df2ae673a280309dc4a3eaa6ee3411e7d1f4bdec4d4c5',
      strip: 1,
    }),
    debianPrograms('2.42', 'prometheus', { prometheus: 'usr/bin/prometheus', promtool: 'usr/bin/promtool' }),
    // Prometheus 2.x is 0.x as a Go module.
    goInstall({
      version: '2.45.0',
      programs: [
        'github.com/prometheus/prometheus/cmd/prometheus',
        'github.com/prometheus/prometheus/cmd/promtool',
      ],
      at: 'v0.45.0',
    }),
  ],
  fix: 'Put `prometheus` and `promtool` on PATH, or set DRIFTLOOP_PROMETHEUS_URL to a server.',
};
