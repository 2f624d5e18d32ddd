import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConsoleWorld } from '../fakes/console-world.ts';
import { rowId, teachScene } from '../fakes/teach-scene.ts';
import { findChromium } from '../support/chromium.ts';

const found = await findChromium();

describe.skipIf(found === null)('Teach in a browser', () => {
  let browser: Browser;
  let world: ConsoleWorld;
  let server: ServerType;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch(found!);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await new Promise((resolve) => server.close(resolve));
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(
    options: BrowserContextOptions = {},
    path = '/models/contact-reasons/teach',
  ): Promise<Page> {
    world = teachScene({ refreshMs: 250 });
    server = await new Promise<ServerType>((resolve) => {
      const started: ServerType = serve({ fetch: world.app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
        resolve(started),
      );
    });
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      timezoneId: 'UTC',
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load|ERR_/.test(message.text()))
        complaints.push(message.text());
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}${path}?token=the-token`);
    return page;
  }
  const shown = (page: Page) => page.locator('article:not([hidden])').getAttribute('data-row-id');
  const said = () => world.teach.said.map(({ predictionId, kind, value }) => [predictionId, kind, value]);

  test('one key labels, and the next row is there; skip, not clear and undo have their keys too', async () => {
    const page = await open();
    expect(await shown(page)).toBe(rowId(0));
    await page.keyboard.press('3');
    expect(await shown(page)).toBe(rowId(1));
    await page.keyboard.press('s');
    await page.keyboard.press('n');
    expect(await shown(page)).toBe(rowId(3));
    await expect.poll(said).toEqual([
      [rowId(0), 'label', 'complaint'],
      [rowId(1), 'skip', null],
      [rowId(2), 'unclear', null],
    ]);
    await page.keyboard.press('u');
    expect(await shown(page)).toBe(rowId(2));
    await expect.poll(() => said().at(-1)![1]).toBe('undo');
    await page.keyboard.press('1');
    await expect.poll(() => said().at(-1)).toEqual([rowId(2), 'label', 'tariff change']);
    expect(await shown(page)).toBe(rowId(3));
    await expect.poll(() => page.locator('.lede').textContent()).toContain('61 messages');
  });

  test('without a connection one goes on; what was said waits on the device, over a reload, and arrives once', async () => {
    const page = await open();
    const api = '**/api/models/*/labels';
    await page.route(api, (route) => route.abort('internetdisconnected'));
    for (const key of ['1', '2', '3']) await page.keyboard.press(key);
    await expect
      .poll(() => page.locator('#waits').textContent())
      .toContain('3 labels wait on this device and are sent when the server is back.');
    expect(said()).toEqual([]);
    await page.unroute(api);
    await page.reload();
    await expect.poll(() => said().length).toBe(3);
    expect(said().map(([row]) => row)).toEqual([rowId(0), rowId(1), rowId(2)]);
    await expect.poll(() => page.locator('#waits').isHidden()).toBe(true);
    expect(await page.evaluate(() => localStorage['driftloop_teach'] as string)).toBe('[]');
  });

  test('what is taken back before it was sent was never said', async () => {
    const page = await open();
    const api = '**/api/models/*/labels';
    await page.route(api, (route) => route.abort('internetdisconnected'));
    await page.keyboard.press('1');
    await expect.poll(() => page.locator('#waits').isVisible()).toBe(true);
    await page.keyboard.press('u');
    await page.unroute(api);
    await page.keyboard.press('2');
    await expect.poll(said).toEqual([[rowId(0), 'label', 'billing question']]);
  });

  test('one answer that the server will never take is said, and those beside it arrive', async () => {
    const page = await open();
    const bad = {
      model: 'contact-reasons',
      id: 'bad',
      predictionId: rowId(9),
      kind: 'label',
      value: 'none of them',
      at: new Date().toISOString(),
    };
    const good = { ...bad, id: 'good', predictionId: rowId(10), value: 'complaint' };
    await page.evaluate(
      (waiting) => {
        localStorage['driftloop_teach'] = JSON.stringify(waiting);
      },
      [bad, good],
    );
    await page.reload();
    await expect.poll(said).toEqual([[rowId(10), 'label', 'complaint']]);
    await expect.poll(() => page.evaluate(() => localStorage['driftloop_teach'] as string)).toBe('[]');
  });

  test('the whole queue by keys: more rows come behind those that are here, and the end says so', async () => {
    const page = await open();
    for (let i = 0; i < 64; i += 1) {
      await expect.poll(() => page.locator('article:not([hidden])').count()).toBe(1);
      await page.keyboard.press('2');
    }
    await expect.poll(() => said().length).toBe(64);
    await expect
      .poll(() => page.locator('#asked > .note').textContent())
      .toContain('Nothing worth your time now.');
  });

  test('on a phone nothing is wider than the screen, and nothing shifts', async () => {
    const page = await open({ viewport: { width: 358, height: 800 }, colorScheme: 'dark' });
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    expect(scroll).toBeLessThanOrEqual(client);
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 500);
        }),
    );
    expect(shift).toBe(0);
  });
});
