import { fileURLToPath } from 'node:url';
import { goModule } from '../go-tool.ts';
import type { Part } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';

const VERSION = '0.28.1';

/**
 * Prometheus' Alertmanager.
 *
 * Not from Debian's package, which is there in seconds: its program reads its templates from a folder of the
 * system (/usr/share/prometheus/alertmanager) and does not start where it is only unpacked.
 */
export const alertmanager: Part<'alertmanager'> = {
  name: 'alertmanager',
  title: 'Alertmanager',
  variable: 'DRIFTLOOP_ALERTMANAGER_URL',
  findInstalled: async (tools) =>
    // Debian calls it by a longer name; installed for good, it has its templates.
    (await onPath(tools, { alertmanager: 'alertmanager' }, ask)) ??
    onPath(tools, { alertmanager: 'prometheus-alertmanager' }, ask),
  folder: `alertmanager/${VERSION}`,
  files: { alertmanager: 'alertmanager' },
  sources: [
    releaseArchive({
      version: VERSION,
      urls: [
        `https://github.com/prometheus/alertmanager/releases/download/v${VERSION}/alertmanager-${VERSION}.linux-amd64.tar.gz`,
      ],
      sha256: '5ac7ab5e4b8ee5ce4d8fb0988f9cb275efcc3f181b4b408179fafee121693311',
      strip: 1,
    }),
    goModule({
      version: VERSION,
      module: fileURLToPath(new URL('../alertmanager', import.meta.url)),
      programs: ['github.com/prometheus/alertmanager/cmd/alertmanager'],
      versionVariable: 'github.com/prometheus/common/version.Version',
    }),
  ],
  fix: 'Put `alertmanager` on PATH, install Go 1.25 or newer, or set DRIFTLOOP_ALERTMANAGER_URL to one that is running.',
};

const ask = { args: ['--version'], after: 'version ', least: '0.24' } as const;
