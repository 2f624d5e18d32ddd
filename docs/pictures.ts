/**
 * The picture of the README: `npm run docs -- pictures`. The real pages of the console over the scene that its tests
 * look at, in a browser; so it shows what the console is now, and needs no installation.
 */
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { consoleScene } from '../tests/fakes/console-scene.ts';
import { findChromium } from '../tests/support/chromium.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Name of the file, page of the console, and how much of it. */
const shots = [
  { file: 'console.webp', page: '/models/electricity-price', width: 1280, height: 1000 },
] as const;

/** Takes every picture anew. */
export async function takePictures(): Promise<void> {
  const found = await findChromium();
  if (found === null) throw new Error('There is no browser: name one in DRIFTLOOP_CHROMIUM.');
  const world = consoleScene();
  const server = await new Promise<ServerType>((resolve) => {
    const started: ServerType = serve({ fetch: world.app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
      resolve(started),
    );
  });
  const browser = await chromium.launch(found);
  try {
    const { port } = server.address() as AddressInfo;
    for (const { file, page: address, width, height } of shots) {
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: 1.5,
        timezoneId: 'UTC',
      });
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}${address}?token=the-token`);
      await page.waitForLoadState('load');
      const png = await page.screenshot();
      await sharp(png)
        .webp({ quality: 80 })
        .toFile(path.join(here, 'pictures', file));
      await context.close();
    }
  } finally {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  }
}
