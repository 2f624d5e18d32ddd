import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { consoleScene } from '../fakes/console-scene.ts';
import type { ConsoleWorld } from '../fakes/console-world.ts';
import { fallingCourse, trainingRun } from '../fakes/run-scenes.ts';
import { findChromium } from '../support/chromium.ts';

const found = await findChromium();

/** What the browser says when parts of a page have moved; TypeScript's own types lack it. */
type LayoutShift = {
  startTime: number;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
};

/** With a browser on the machine these run; without one they are skipped, and counted as such. */
describe.skipIf(found === null)('the console in a browser', () => {
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

  /**
   * Keeps what moves once the page is painted whole. A busy machine paints half of it before it has read the rest, which
   * moves then; the frame after the load event is the first that knows all of it, and the one after that may not differ.
   */
  const keepShifts = () => {
    const shifts: string[] = [];
    Object.assign(globalThis, { shifts });
    const watch = () => {
      const whole = performance.now();
      new PerformanceObserver((list) => {
        for (const { startTime, sources } of list.getEntries() as unknown as LayoutShift[])
          for (const { node, previousRect: was, currentRect: is } of startTime > whole ? sources : [])
            shifts.push(
              `${node?.nodeName}.${(node as Element | null)?.className}: ${was.x},${was.y} → ${is.x},${is.y}`,
            );
      }).observe({ type: 'layout-shift', buffered: true });
    };
    addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(watch)));
  };
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    world = consoleScene({ refreshMs: 100 });
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
    await context.addInitScript(keepShifts);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}${path}?token=the-token`);
    return page;
  }
  const model = '/models/electricity-price';
  const decision = '/runs/0193a1c2-41/approve';
  const run = '/runs/0193a1c2-41';
  const rollout = '/models/support-intents/rollout';
  const versions = '/models/electricity-price/versions';
  const policy = '/models/electricity-price/policy';
  /** A look of the live page after the made-up clock has moved on. */
  const nextLook = async (page: Page) => {
    world.time.now += 6_000;
    await page.waitForResponse((response) => response.request().resourceType() === 'fetch');
  };

  test('the address that dev prints leads in, and the token leaves the address', async () => {
    const page = await open('/');
    expect(new URL(page.url()).search).toBe('');
    await expect.poll(() => page.locator('.lede').textContent()).toMatch('One decision waits for you.');
    await page.click('text=Read and decide');
    expect(new URL(page.url()).pathname).toBe(decision);
  });

  test('a person approves with a reason, and the page shows what came of it', async () => {
    const page = await open(decision);
    await page.fill('textarea[name=reason]', 'Looks right.');
    await page.click('button[value=approve]');
    await expect.poll(() => page.locator('#decide h2').textContent()).toBe('Nothing to decide now');
    expect(world.said).toEqual([['approve', '0193a1c2-41', { by: 'ada', reason: 'Looks right.' }]]);
    expect(new URL(page.url()).pathname).toBe(decision);
  });

  test('on a phone the way to the decision goes when it is made, without a reload', async () => {
    const page = await open(decision, { viewport: { width: 390, height: 844 } });
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    expect(await page.locator('.dock').isVisible()).toBe(true);
    await page.locator('#decide').scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('.dock').isVisible()).toBe(false);
    // A look of the live page does not bring it back where the decision is.
    await nextLook(page);
    await nextLook(page);
    expect(await page.locator('.dock').isVisible()).toBe(false);
    world.rows.runs.find(({ id }) => decision.includes(id))!.phase = 'rollout';
    await nextLook(page);
    await expect.poll(() => page.locator('.dock').count(), { timeout: 10_000 }).toBe(0);
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  test('the page follows what happens without a reload, and leaves alone what the reader is doing', async () => {
    const page = await open(decision);
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await page.fill('textarea[name=reason]', 'half a sen');
    world.rows.evaluations.clear();
    world.approval.boundTo = { ...world.approval.boundTo, report: 'report-42' };
    await nextLook(page);
    await expect
      .poll(() => page.locator('.lede').textContent(), { timeout: 10_000 })
      .toMatch(/^v13 has passed the gate\./);
    // What is half written stays, with what it was written about: sent now it would be refused, and say why.
    expect(await page.inputValue('textarea[name=reason]')).toBe('half a sen');
    expect(await page.inputValue('input[name=boundTo]')).toMatch('report-41');
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  test('a story that the reader has opened stays open over a patch', async () => {
    const page = await open(model);
    await page.click('#run-0193a1c2-40 > summary');
    world.rows.runs[0]!.phase = 'rollout';
    await nextLook(page);
    await expect
      .poll(() => page.locator('#runs').textContent(), { timeout: 10_000 })
      .toMatch('v13 answers 10 %');
    expect(await page.locator('#run-0193a1c2-40').getAttribute('open')).not.toBeNull();
    expect(await page.evaluate(() => document.activeElement?.closest('details')?.id)).toBe('run-0193a1c2-40');
  });

  test('while a run trains its curve grows on the page that is open', async () => {
    const page = await open(run);
    const training = trainingRun(world);
    await page.goto(new URL(`/runs/${training.id}`, page.url()).href);
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    const line = page.locator('.at-wide .ln.challenger').last();
    const before = await line.getAttribute('d');
    world.rows.courses.set(training.id, fallingCourse({ to: 2_000, from: world.time.now - 1_200_000 }));
    training.progress = { ...training.progress!, step: 2_000 };
    await nextLook(page);
    await expect
      .poll(() => page.locator('.lede').textContent(), { timeout: 10_000 })
      .toMatch('step 2,000 of 4,000');
    expect(await line.getAttribute('d')).not.toBe(before);
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  });

  test('without word from the server the page says since when', async () => {
    const page = await open(model);
    await page.context().setOffline(true);
    await expect
      .poll(() => page.locator('#live').textContent(), { timeout: 25_000 })
      .toMatch(/No word from the server for \d+ s\. What you see is from \d\d:\d\d; trying again\./);
    await page.context().setOffline(false);
    await expect.poll(() => page.locator('#live').textContent(), { timeout: 10_000 }).toMatch(/^live/);
    complaints.length = 0;
  });

  test('charts are read by pointer and by key, in a sentence', async () => {
    const page = await open(model);
    const rest = await page.locator('#readout').textContent();
    await page.locator('.at-wide [data-chart]').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('#readout').textContent()).toMatch(/^\w+,? \d+ Nov.* · .*v12 \.7\d\d/);
    await page.locator('.at-wide [data-chart]').hover({ position: { x: 180, y: 80 } });
    expect(await page.locator('#readout').textContent()).toMatch(/v11 \.8\d\d/);
    await page.mouse.move(5, 5);
    expect(await page.locator('#readout').textContent()).toBe(rest);
  });

  test('the accuracy of a model is zoomed into, read by key, and its versions are compared', async () => {
    const page = await open(model);
    expect(await page.locator('script[src*="uplot"]').count()).toBe(0);
    await page.click('text=Zoom and compare');
    await page.locator('.zoom canvas').waitFor();
    const readout = page.locator('.zoom .readout');
    await expect.poll(() => readout.textContent()).toMatch(/v13 on trial \.8\d\d/);
    const newest = await readout.textContent();
    await page.keyboard.press('PageUp');
    expect(await readout.textContent()).toMatch(/^\w+,? \d+ Nov.* · v12 \.7\d\d/);
    expect(await readout.textContent()).not.toBe(newest);
    await page.keyboard.press('+');
    await page.locator('.zoom .choices label', { hasText: 'v13' }).click();
    await page.locator('.zoom .place').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await readout.textContent()).not.toMatch('v13');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.zoom').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch('Zoom and compare');
  });

  test('the axes of a zoomed chart are of the page: 24 hours, and rates as round as they are written', async () => {
    const page = await open(model);
    await page.evaluate(() => {
      const drawn: string[] = [];
      Object.assign(globalThis, { drawn });
      const draw = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
        drawn.push(text);
        draw.call(this, text, ...where);
      };
    });
    const drawn = () =>
      page.evaluate(() => (globalThis as unknown as { drawn: string[] }).drawn.splice(0, Infinity));
    const read = async () => {
      const texts = await drawn();
      const rates = [...new Set(texts.filter((text) => /^\d?\.\d+$/.test(text)).map(Number))];
      return {
        times: texts.filter((text) => !/^\d?\.\d+$/.test(text)),
        rates: rates.toSorted((a, b) => a - b),
      };
    };
    await page.click('text=Zoom and compare');
    await page.locator('.zoom canvas').waitFor();
    await expect.poll(() => page.locator('.zoom .readout').textContent()).toMatch('v13 on trial');
    const days = await read();
    expect(
      days.times.every((text) => /^\w{3} \d+$/.test(text)),
      days.times.join(),
    ).toBe(true);
    const steps = days.rates.slice(1).map((rate, i) => (rate - days.rates[i]!).toFixed(4));
    expect(new Set(steps).size, days.rates.join()).toBe(1);
    await page.locator('.zoom .place').focus();
    for (let i = 0; i < 5; i += 1) await page.keyboard.press('+');
    await expect
      .poll(async () => (await read()).times.join())
      .toMatch(/^(\w{3} \d+|\d\d:\d\d)(,(\w{3} \d+|\d\d:\d\d))*$/);
  });

  test('a state that says more, and a first judgement, move nothing below them', async () => {
    const page = await open('/');
    const training = trainingRun(world);
    const { progress } = training;
    const topOf = (id: string) =>
      page.evaluate((of) => document.getElementById(of)!.getBoundingClientRect().top + scrollY, id);
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 800 });
      Object.assign(training, { phase: 'fine-tuning', progress: { ...progress, step: 2, steps: 40 } });
      await expect
        .poll(() => page.locator('#models').textContent(), { timeout: 10_000 })
        .toMatch('step 2 of 40');
      const happened = await topOf('happened');
      training.progress = { ...training.progress!, step: 120_000, steps: 400_000 };
      await expect
        .poll(() => page.locator('#models').textContent(), { timeout: 10_000 })
        .toMatch('step 120,000 of 400,000');
      expect(await topOf('happened'), `${width}: more steps`).toBe(happened);
      training.phase = 'holding';
      await expect
        .poll(() => page.locator('#models').textContent(), { timeout: 10_000 })
        .toMatch('Held for more labels');
      expect(await topOf('happened'), `${width}: it waits`).toBe(happened);
    }
    await page.setViewportSize({ width: 1440, height: 900 });

    const looks = world.rows.looks;
    const kept = new Map(looks);
    const standing = world.rows.rollouts.get('support-intents')!;
    for (const id of looks.keys()) looks.set(id, []);
    world.rows.rollouts.set('support-intents', { ...standing, seen: null });
    await page.goto(new URL(rollout, page.url()).href);
    await expect.poll(() => page.locator('#bands').textContent()).toMatch('Nothing has been counted');
    const quality = await topOf('quality');
    for (const [id, seen] of kept) looks.set(id, seen);
    world.rows.rollouts.set('support-intents', standing);
    await nextLook(page);
    await expect.poll(() => page.locator('#bands').textContent(), { timeout: 10_000 }).toMatch('of 2,640');
    expect(await topOf('quality')).toBe(quality);
  });

  test('keys move, and nothing in production changes on one key', async () => {
    const page = await open(model);
    await page.keyboard.press('a');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch('Read and decide');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === decision);
    await page.keyboard.press('Shift+A');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch('Approve');
    expect(world.said).toEqual([]);
    await page.keyboard.press('d');
    const theme = await page.evaluate(() => document.documentElement.dataset['theme']);
    expect(theme).toBe('dark');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.waitForURL((url) => url.pathname === '/');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === model);
  });

  test('a rollout is aborted by hand and with a reason; the key only moves to the button', async () => {
    const page = await open(rollout);
    await page.keyboard.press('x');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch('Abort, back to v7');
    await page.keyboard.press('Enter');
    await page.fill('#why-abort', 'Customers complain.');
    expect(world.said).toEqual([]);
    await nextLook(page);
    // What is half written stays over a look of the live page.
    expect(await page.inputValue('#why-abort')).toBe('Customers complain.');
    const answered = page.waitForEvent('load');
    await page.click('#say-abort form button');
    await answered;
    expect(world.said).toEqual([
      ['abort rollout', 'support-intents', { by: 'ada', reason: 'Customers complain.' }],
    ]);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForURL((url) => url.pathname === '/rollouts');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === rollout);
  });

  test('a new judgement comes onto the open page', async () => {
    const page = await open(rollout);
    const standing = world.rows.rollouts.get('support-intents')!;
    world.rows.rollouts.set('support-intents', {
      ...standing,
      seen: { ...standing.seen!, judgement: { kind: 'successful', sentence: 'All well.' } },
    });
    await nextLook(page);
    await expect
      .poll(() => page.locator('.lede').textContent(), { timeout: 10_000 })
      .toBe('v8 answers 25 % of requests. Nothing looks worse than v7; 50 % at 08:36 if that stays so.');
  });

  test('letters lead to every section, and `?` says which', async () => {
    const page = await open('/');
    await page.keyboard.press('?');
    expect(await page.locator('#keys').isVisible()).toBe(true);
    expect(await page.locator('#keys').textContent()).toMatch('Run: the newest on the page');
    await page.keyboard.press('Escape');
    expect(await page.locator('#keys').isVisible()).toBe(false);
    const go = async (letter: string, to: string) => {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await page.waitForURL((url) => url.pathname === to);
    };
    await go('a', '/approve');
    await go('f', '/');
    await go('m', model);
    await go('r', run);
    await go('m', model);
  });

  test('a model is found by a few letters of its name, and stays found over a patch', async () => {
    const page = await open('/');
    await page.keyboard.press('/');
    await page.keyboard.type('digi');
    const shown = page.locator('#models tbody tr:visible');
    expect(await shown.allTextContents()).toEqual([expect.stringContaining('meter-digits')]);
    world.rows.models.find(({ config }) => config.name === 'meter-digits')!.paused = true;
    await nextLook(page);
    await expect
      .poll(() => shown.allTextContents(), { timeout: 10_000 })
      .toEqual([expect.stringContaining('paused')]);
    expect(await page.inputValue('input[type=search]')).toBe('digi');
  });

  test('a patch of a whole page takes less than a frame', async () => {
    const page = await open('/');
    await page.waitForResponse((response) => response.request().resourceType() === 'fetch');
    const took = await page.evaluate(async () => {
      const html = await (await fetch(location.pathname)).text();
      const times: number[] = [];
      // The best of many: what stands beside it on the machine takes from most of them, not from all.
      for (let i = 0; i < 60; i += 1) {
        const fresh = new DOMParser().parseFromString(html.replaceAll('Steady', `Still ${i}`), 'text/html');
        const before = performance.now();
        (globalThis as unknown as { put(fresh: Document): void }).put(fresh);
        times.push(performance.now() - before);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return Math.min(...times);
    });
    expect(await page.locator('#models').textContent()).toMatch(/Still \d+/);
    expect(took).toBeLessThan(16);
  });

  test.each([
    // A window that is drawn narrower asks for no other page.
    [
      'a laptop, large or small',
      { width: 1440, height: 900 },
      [
        { width: 1024, height: 768 },
        { width: 1000, height: 700 },
      ],
    ],
    ['a phone', { width: 390, height: 844 }, []],
  ])('on %s nothing sticks out sideways and nothing shifts, live', async (_, viewport, narrower) => {
    const page = await open('/', { viewport });
    for (const path of ['/', model, decision, run, rollout, '/rollouts', versions, policy]) {
      await page.setViewportSize(viewport);
      await page.goto(new URL(path, page.url()).href);
      // What the first look brings is there before the second comes.
      await nextLook(page);
      await nextLook(page);
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts);
      expect(shifts, path).toEqual([]);
      for (const size of [viewport, ...narrower]) {
        await page.setViewportSize(size);
        const sticksOut = await page.evaluate(() => {
          const stickingOut = () =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth;
          const closed = stickingOut();
          const details = [...document.querySelectorAll('details:not([open])')] as HTMLDetailsElement[];
          for (const one of details) one.open = true;
          const open = stickingOut();
          for (const one of details) one.open = false;
          return [closed, open].map((px) => Math.max(0, px));
        });
        expect(sticksOut, `${path} ${size.width}`).toEqual([0, 0]);
        const overFull = await page.evaluate(() =>
          [...document.querySelectorAll('.cards tr')].flatMap((row) =>
            row.scrollHeight > row.clientHeight + 1 ? [row.textContent] : [],
          ),
        );
        expect(overFull, `${path} ${size.width}`).toEqual([]);
      }
    }
  });
});
