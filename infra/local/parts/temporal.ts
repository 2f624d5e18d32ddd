import { fileURLToPath } from 'node:url';
import { goModule } from '../go-tool.ts';
import type { Part } from '../part.ts';
import { onPath } from '../program-version.ts';
import { releaseArchive } from '../release-archive.ts';

const VERSION = '1.5.1';

/** The `temporal` CLI with its development server (Temporal Server 1.29). */
export const temporal: Part<'temporal'> = {
  name: 'temporal',
  title: 'Temporal',
  variable: 'DRIFTLOOP_TEMPORAL_ADDRESS',
  // A CLI built from source calls itself 0.0.0: the server inside is what counts.
  findInstalled: (tools) =>
    onPath(tools, { temporal: 'temporal' }, { args: ['--version'], after: 'Server ', least: '1.27' }),
  folder: `temporal/${VERSION}`,
  files: { temporal: 'temporal' },
  sources: [
    releaseArchive({
      version: VERSION,
      urls: [
        `https://github.com/temporalio/cli/releases/download/v${VERSION}/temporal_cli_${VERSION}_linux_amd64.tar.gz`,
        `https://temporal.download/cli/archive/v${VERSION}?platform=linux&arch=amd64`,
      ],
      sha256: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
      strip: 0,
    }),
    goModule({
      version: VERSION,
      module: fileURLToPath(new URL('../temporal', import.meta.url)),
      programs: ['github.com/temporalio/cli/cmd/temporal'],
      versionVariable: 'github.com/temporalio/cli/temporalcli.Version',
    }),
  ],
  fix: 'Put the `temporal` CLI on PATH, install Go 1.25 or newer, or set DRIFTLOOP_TEMPORAL_ADDRESS to a server.',
};
