import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { LaunchOptions } from 'playwright-core';
import { cacheRoot, installOnce } from '../../infra/local/cache.ts';
import { debianPackages } from '../../infra/local/debian.ts';
import { findOnPath } from '../../infra/local/find-on-path.ts';
import { runTool } from '../../infra/local/run-tool.ts';
import { realTools } from '../../infra/local/tools.ts';

const place = path.join(cacheRoot(), 'chromium', 'headless-shell');
/** Where Debian keeps what Chromium reads beside its program. */
export const chromiumFolder = path.join(place, 'usr/lib/chromium');
/** The same engine without a desktop takes less than half of a processor. */
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];

/** Debian's, unpacked into `folder`. */
const unpacked = (folder: string) => ({
  executablePath: path.join(folder, 'usr/lib/chromium/chromium-headless-shell'),
  env: {
    ...process.env,
    LD_LIBRARY_PATH: ['', '/pulseaudio']
      .map((inner) => path.join(folder, `usr/lib/x86_64-linux-gnu${inner}`))
      .join(':'),
    // Its fonts, where the machine has none.
    XDG_DATA_HOME: path.join(folder, 'usr/share'),
  },
});

/** How to start a browser: DRIFTLOOP_CHROMIUM, one on PATH, or Debian's out of the cache. Null without one. */
export async function findChromium(): Promise<LaunchOptions | null> {
  const given = process.env['DRIFTLOOP_CHROMIUM'];
  if (given) return { executablePath: given, args };
  for (const name of names) {
    const found = await findOnPath(name);
    if (found !== null) return { executablePath: found, args };
  }
  return existsSync(place) ? { ...unpacked(place), args } : null;
}

/** Fetches a browser where there is none. Where that cannot be, the tests that need one are skipped, and counted. */
export async function provisionChromium(report: (message: string) => void): Promise<void> {
  const found = await findChromium();
  if (found !== null) return report(`Chromium (${found.executablePath})`);
  const packages = {
    version: 'stable',
    names: ['chromium-headless-shell', 'fonts-liberation'],
    withDependencies: true,
  };
  try {
    await installOnce(place, async (fresh) => {
      await debianPackages(packages).install(fresh, realTools(), (_, message) => report(message));
      // What does not start does not get into the cache.
      const { executablePath, env } = unpacked(fresh);
      await runTool({ command: executablePath, args: ['--version'], env });
    });
    report('Chromium (cached)');
  } catch (error) {
    report(`no browser: ${error instanceof Error ? error.message : String(error)}`);
  }
}
