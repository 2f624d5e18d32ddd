import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { number } from '../../domain/input.ts';
import { classification } from '../../domain/task.ts';
import { consoleWorld, declare } from '../fakes/console-world.ts';
import type { ConsoleWorld } from '../fakes/console-world.ts';
import { endedRun, heldRun, trainingRun } from '../fakes/run-scenes.ts';
import { teachScene } from '../fakes/teach-scene.ts';
import { faintSvgTexts, violationsOn } from '../support/axe.ts';
import { findChromium } from '../support/chromium.ts';

const found = await findChromium();

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const [electricity, intents] = ['/models/electricity-price', '/models/support-intents'];
/** Nothing changes on a page that is looked at. */
const refreshMs = 3_600_000;

/** The fleet of the scene with everything in it that a page can show. */
async function fullWorld(): Promise<ConsoleWorld> {
  const world = teachScene({ refreshMs });
  trainingRun(world);
  heldRun(world);
  endedRun(world, { kind: 'failed', sentence: 'Fine-tuning failed three times: out of memory at batch 64.' });
  world.rows.happened = Array.from({ length: 10 }, (_, i) => ({
    startsAtMs: world.time.now - (10 - i) * 86_400_000,
    version: i < 4 ? 'v11' : 'v12',
    predictions: 400,
    labelled: 40 * (10 - i),
    correct: 33 * (10 - i),
  }));
  for (const refused of [null, 'DL_FORBIDDEN'] as const)
    await world.people.audit.append({
      action: 'approve',
      by: 'ada',
      via: 'token',
      model: 'electricity-price',
      subject: '0193a1c2-41',
      because: 'Looks right.',
      refused,
    });
  return world;
}

/** A console in which nothing has happened yet: no model, and one that is declared and nothing more. */
function emptyWorld(): ConsoleWorld {
  const world = consoleWorld({ refreshMs });
  declare(world, {
    name: 'brand-new',
    task: classification({ labels: ['a', 'b'] }),
    input: { x: number() },
  });
  return world;
}

describe.skipIf(found === null)('axe finds nothing on any page', () => {
  let browser: Browser;
  const servers: ServerType[] = [];
  beforeAll(async () => {
    browser = await chromium.launch(found!);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => browser?.close());

  async function enter(world: ConsoleWorld): Promise<{ page: Page; at: (path: string) => string }> {
    const server = await new Promise<ServerType>((resolve) => {
      const started: ServerType = serve({ fetch: world.app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
        resolve(started),
      );
    });
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    const at = (path: string) => `http://127.0.0.1:${port}${path}`;
    const context = await browser.newContext({ viewport: desktop, timezoneId: 'UTC' });
    return { page: await context.newPage(), at };
  }

  /** All rules twice, so that each colour and each layout is seen by all. */
  const twice = [
    [desktop, 'light', {}],
    [phone, 'dark', {}],
  ] as const;
  /** What only one of them shows, for its colours in the other scheme too. */
  const colours = (within: string) => ({ rules: ['color-contrast'], within });
  const everyWay = [
    twice[0],
    [desktop, 'dark', colours('.at-wide, .at-middle, .at-room, .hide-s, #signed-in, thead')],
    twice[1],
    [phone, 'light', colours('.at-narrow, .more, .dock, .tabs')],
  ] as const;

  /** Light and dark, on a desktop and on a phone, with everything open that can be opened. */
  async function look(page: Page, looks: readonly (typeof everyWay)[number][]): Promise<string[]> {
    const wrong: string[] = [];
    for (const [viewport, colorScheme, wanted] of looks) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const seen = await violationsOn(page, wanted);
      const faint = await page.evaluate(faintSvgTexts);
      wrong.push(...[...seen, ...faint].map((one) => `${viewport.width} ${colorScheme}: ${one}`));
    }
    return wrong;
  }
  const lookAt = async (
    world: ConsoleWorld,
    paths: readonly string[],
    looks: readonly (typeof everyWay)[number][] = twice,
  ) => {
    const { page, at } = await enter(world);
    await page.goto(at('/?token=the-token'));
    const wrong: string[] = [];
    for (const path of paths) {
      await page.goto(at(path));
      wrong.push(...(await look(page, looks)).map((one) => `${path} ${one}`));
    }
    return wrong;
  };

  test('of a fleet that works', async () => {
    const pages = [
      '/',
      electricity,
      '/models/churn-risk',
      '/runs/0193a1c2-41',
      '/runs/run-training',
      '/runs/run-held',
      '/runs/run-failed',
      '/approve',
      '/runs/0193a1c2-41/approve',
      '/rollouts',
      `${intents}/rollout`,
      `${electricity}/versions?a=v12&b=v13`,
      `${electricity}/policy`,
      '/teach',
      '/models/contact-reasons/teach',
      '/audit',
      '/settings',
      '/no-such-page',
    ];
    expect(await lookAt(await fullWorld(), pages, everyWay)).toEqual([]);
  });

  test('of one in which nothing has happened yet', async () => {
    const pages = ['', '/rollout', '/versions', '/policy', '/teach'].map((one) => `/models/brand-new${one}`);
    expect(await lookAt(emptyWorld(), [...pages, '/approve', '/rollouts', '/audit'])).toEqual([]);
    expect(await lookAt(consoleWorld({ refreshMs }), ['/', '/teach'])).toEqual([]);
  });

  test('of what stands in the way: the door, a refusal, services that are away', async () => {
    const world = await fullWorld();
    const { page, at } = await enter(world);
    await page.goto(at('/'));
    expect(await look(page, twice), 'the door').toEqual([]);
    await page.fill('input[name=token]', 'not it');
    await page.click('text=Enter');
    await page.locator('#wrong').waitFor();
    expect(await look(page, twice), 'a wrong token').toEqual([]);
    await page.goto(at('/runs/0193a1c2-41/approve?token=the-token'));
    await page.fill('textarea[name=reason]', 'Looks right.');
    world.approval.boundTo = { ...world.approval.boundTo, policy: 'policy-3' };
    await page.click('button[value=approve]');
    await page.locator('.note.bad').waitFor();
    expect(await look(page, twice), 'a decision that is refused').toEqual([]);
    world.metrics.state.problem = 'Prometheus does not answer.';
    world.problems.loop = new Error('Temporal does not answer.');
    for (const path of ['/', electricity, `${intents}/rollout`]) {
      await page.goto(at(path));
      expect(await look(page, twice), `${path} without services`).toEqual([]);
    }
  });

  test('of the keys, and of the chart that is zoomed', async () => {
    const { page, at } = await enter(await fullWorld());
    await page.goto(at(`${electricity}?token=the-token`));
    await page.click('text=Zoom and compare');
    await page.locator('.zoom canvas').waitFor();
    expect(await look(page, twice)).toEqual([]);
    await page.keyboard.press('?');
    await page.locator('#keys').waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });
});
