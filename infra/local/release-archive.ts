import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from './part.ts';

/**
 * The official download: a `.tar.gz` whose content is unpacked into the part's folder.
 *
 * @param strip how many leading folders of the archive's paths to drop
 */
export const releaseArchive = (archive: {
  version: string;
  urls: readonly string[];
  sha256: string;
  strip: number;
}): Source => ({
  name: 'the official download',
  version: archive.version,
  async install(directory, tools, progress) {
    const file = join(directory, 'archive.tar.gz');
    progress('fetching', new URL(archive.urls[0]!).hostname);
    await tools.download(archive.urls, file, {
      sha256: archive.sha256,
      onProgress: (share) => progress('fetching', new URL(archive.urls[0]!).hostname, share),
    });
    await tools.runTool({
      command: 'tar',
      args: ['-xzf', file, '-C', directory, `--strip-components=${archive.strip}`, '--no-same-owner'],
    });
    await rm(file);
  },
});
