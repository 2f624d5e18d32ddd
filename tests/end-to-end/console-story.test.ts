import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Player } from '../../cli/demo/player.ts';
import { withSession, type Session } from '../../cli/demo/session.ts';
import { rolloutSchema } from '../../domain/rollout-config.ts';
import { findChromium } from '../support/chromium.ts';
import { demoProduction, turningShop } from '../support/turning-shop.ts';

/**
 * The whole story as a person sees it who only ever opens the console, over the real services: what the pages say is
 * waited for, and a picture is taken at each station. DRIFTLOOP_SCREENSHOTS names a folder that keeps them.
 */

const found = await findChromium();
/** Rows a second; an hour of the config is a second here. */
const pace = 100;
/** What the loop may take for one step of the story, on a machine that does everything else too. */
const step = { timeout: 120_000, interval: 200 };

const production = () =>
  demoProduction(pace, (model) => ({
    ...model,
    approval: { ...model.approval, required: true },
    rollout: rolloutSchema.parse({
      shadow: '2h',
      canary: [0.3, 0.6],
      step: '2h',
      bake: '2h',
      every: '1h',
      minSamples: 60,
      // On a machine that does everything else too a tail of answers is nobody's fault.
      guardrails: { latency: { dryRun: true } },
    }),
  }));

describe.skipIf(found === null)('the story in a browser', () => {
  let browser: Browser;
  let kept: string;
  const given = process.env['DRIFTLOOP_SCREENSHOTS'];
  beforeAll(async () => {
    browser = await chromium.launch(found!);
    kept = given ?? (await mkdtemp(path.join(tmpdir(), 'driftloop-screenshots-')));
    await mkdir(kept, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    if (given === undefined) await rm(kept, { recursive: true, force: true });
  });

  test(
    'drift, a run, an approval, a rollout and the way back, all of it seen and said in the console',
    { timeout: 600_000 },
    async () => {
      const quietly = { report: () => {}, onEnded: () => {}, onFailure: () => {}, devFolder: null };
      await withSession(await production(), quietly, async (session) => {
        const shop = turningShop();
        const { client, production: played } = session;
        const player = new Player({ client, task: played.model.task, pace, labelDelayMs: 500 });
        const playing = player.play(shop.rows());
        try {
          await told(session, shop.turn);
        } finally {
          player.stop();
          await playing;
        }
        const { requests, lastFailure } = player.tally;
        expect(requests.failed, lastFailure ?? '').toBe(0);
      });
    },
  );

  async function told({ driftloop, client }: Session, turn: () => void): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'UTC' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    let stations = 0;
    const picture = async (name: string) => {
      stations += 1;
      const file = `${String(stations).padStart(2, '0')}-${name}.png`;
      await page.screenshot({ path: path.join(kept, file), fullPage: true });
    };
    const go = (at: string) => page.goto(`${driftloop.addresses.console}${at}`);
    const says = (selector: string) => expect.poll(() => textOf(page, selector), step);

    try {
      await story();
    } catch (error) {
      await picture('where-it-ended');
      throw error;
    }
    expect(complaints).toEqual([]);
    await context.close();

    async function story(): Promise<void> {
      // All is well.
      await page.goto(driftloop.consoleLogin);
      await says('#models [data-l=health]').toMatch('Steady');
      await says('.lede').toBe('Nothing needs you.');
      expect(await textOf(page, '#models [data-l=champion]')).toMatch('v1');
      await picture('fleet-steady');

      // The world turns, and the open page says so by itself; a run begins.
      await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
      turn();
      await says('#models [data-l=health]').toMatch('Worse');
      await picture('fleet-worse');
      const runs = page.locator('#models a[href^="/runs/"]');
      await expect.poll(() => runs.count(), step).toBe(1);
      expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
      const begun = (await runs.getAttribute('href'))!;
      await go('/models/returns');
      await picture('model-worse');
      await go(begun);
      await says('#story').not.toBe('');
      await picture('run-begun');

      // It has learnt, and asks; a person reads, and says yes.
      await go('/');
      const ask = page.locator('#asks a.you');
      await expect.poll(() => ask.count(), step).toBe(1);
      await picture('fleet-asks');
      await ask.click();
      await page.waitForURL(/approve$/);
      const run = new URL(page.url()).pathname.replace('/approve', '');
      await says('#decide h2').toMatch(/^Replace v1 by v\d+\?$/);
      const challenger = /v\d+(?=\?)/.exec(await textOf(page, '#decide h2'))![0];
      await picture('dossier');
      await page.fill('textarea[name=reason]', 'Cheap orders come back now, and it knows.');
      await page.click('button[value=approve]');
      await says('#decide h2').toBe('Decided');
      await picture('approved');

      // The challenger takes the traffic, step by step; how far it is when the page comes is up to the machine.
      await go('/models/returns/rollout');
      const over = `No rollout. ${challenger} answers everything`;
      const rest = `${challenger} answers all|${over}`;
      await says('.lede').toMatch(new RegExp(`copies of requests|${challenger} answers \\d|${rest}`));
      await picture('rollout-shadow');
      await says('.lede').toMatch(new RegExp(`${challenger} answers (30|60) %|${rest}`));
      await picture('rollout-canary');
      await says('.lede').toMatch(new RegExp(rest));
      await picture('rollout-bake');
      await says('.lede').toMatch(over);
      await picture('rollout-ended');
      await go(run);
      for (const phase of ['shadow', '30 %', '60 %', 'stands by']) await says('#story').toMatch(phase);
      await picture('run-ended');
      await go('/');
      await says('#models [data-l=champion]').toMatch(challenger);
      await picture('fleet-promoted');
      await go('/models/returns');
      await picture('model-promoted');

      // A person goes back, and the old version answers again.
      const answers = async () => (await client.predict([{ price: 80, basket: 1 }]))[0]!.version;
      expect(await answers()).toBe(challenger);
      await go('/models/returns/versions');
      await picture('versions');
      await page.click('#back-v1 > summary');
      await page.fill('#why-back-v1', 'The fee is off again.');
      await page.click('#back-v1 button');
      await says('.lede').toMatch('v1 answers');
      await picture('versions-back');
      await expect.poll(answers, step).toBe('v1');
      await go('/audit');
      const audited = await textOf(page, '#rows');
      expect(audited).toMatch('The fee is off again.');
      expect(audited).toMatch('Cheap orders come back now, and it knows.');
      await picture('audit');
    }
  }
});

const textOf = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .textContent({ timeout: 5_000 })
    .then((text) => text ?? '');
