import { goInstall } from '../go-tool.ts';
import type { Part } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';
import { debianPrograms } from './prometheus.ts';

/** Prometheus' Alertmanager. */
export const alertmanager: Part<'alertmanager'> = {
  name: 'alertmanager',
  title: 'Alertmanager',
  variable: 'DRIFTLOOP_ALERTMANAGER_URL',
  findInstalled: async (tools) =>
    // Debian calls it by a longer name.
    (await onPath(tools, { alertmanager: 'alertmanager' }, ask)) ??
    onPath(tools, { alertmanager: 'prometheus-alertmanager' }, ask),
  folder: 'alertmanager/0',
  files: { alertmanager: 'alertmanager' },
  sources: [
    releaseArchive({
      version: '0.25.0',
      urls: [
        'https://github.com/prometheus/alertmanager/releases/download/v0.25.0/alertmanager-0.25.0.linux-amd64.tar.gz',
      ],
      sha256: '206cf787c01921574ca171220bb9b48b043c3ad6e744017030fed586eb48e04b',
      strip: 1,
    }),
    debianPrograms('0.25', 'prometheus-alertmanager', { alertmanager: 'usr/bin/prometheus-alertmanager' }),
    goInstall({
      version: '0.28.1',
      programs: ['github.com/prometheus/alertmanager/cmd/alertmanager'],
      at: 'v0.28.1',
    }),
  ],
  fix: 'Put `alertmanager` on PATH, or set DRIFTLOOP_ALERTMANAGER_URL to one that is running.',
};

const ask = { args: ['--version'], after: 'version ', least: '0.24' } as const;
