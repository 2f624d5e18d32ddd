import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../console/report/render-report.tsx';
import { reportScene } from '../fakes/report-scene.ts';
import { findChromium } from '../support/chromium.ts';
import { tempFolder } from '../support/temp-folder.ts';

const found = await findChromium();

/** With a browser on the machine these run; without one they are skipped, and counted as such. */
describe.skipIf(found === null)('the report of a fine-tuning in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch(found!);
  });
  afterAll(() => browser?.close());

  test.each([1_440, 800, 390])(
    'opens from the disk, %s pixels wide, whole and without a complaint',
    async (width) => {
      const file = path.join(tempFolder(), 'report.html');
      writeFileSync(file, await renderReport(reportScene()));
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: 'dark' });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('requestfailed', (request) => complaints.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      expect(await page.locator('.lede').textContent()).toContain('80 of 100');
      // One layout of the curves is seen; nothing is cut off at the side.
      expect(await page.locator('#learning figure:visible').count()).toBe(1);
      const { content, window } = await page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        window: globalThis.innerWidth,
      }));
      expect(content).toBeLessThanOrEqual(window);
      const right = page.locator('.confusion .right').first();
      expect(await right.evaluate((cell) => getComputedStyle(cell).backgroundColor)).not.toBe(
        'rgba(0, 0, 0, 0)',
      );
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
