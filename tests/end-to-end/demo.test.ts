import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDemo } from './demo-process.ts';

let folder = '';
let demo: ReturnType<typeof startDemo> | undefined;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'driftloop-end-to-end-'))));
afterEach(async () => {
  await demo?.end();
  rmSync(folder, { recursive: true, force: true });
});

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    () => true,
    () => false,
  );

test(
  'the loop closes on the simulated production, and Ctrl-C leaves nothing behind',
  { timeout: 240_000 },
  async () => {
    demo = startDemo(
      ['--until', 'promoted', '--pace', '100', '--seed', '1', '--keep', '--timeout', '150'],
      folder,
    );
    await demo.line('summary');
    const summary = demo.summary();
    expect(summary, demo.said()).toMatchObject({ closed: true });

    // The world changed, an alert of Prometheus began a run, and its own verdict promoted a version.
    expect(Date.parse(summary.driftStartedAt!)).not.toBeNaN();
    const run = summary.runs.find((r) => r.promotedAt !== null)!;
    expect(run).toMatchObject({ verdict: 'promote', version: expect.stringMatching(/^v\d+$/) as string });
    expect(run.trainSeconds).toBeGreaterThan(0);
    expect(Date.parse(run.alertFiredAt!)).toBeGreaterThan(Date.parse(summary.driftStartedAt!));
    expect(Date.parse(run.promotedAt!)).toBeGreaterThan(Date.parse(run.startedAt));

    // Production recovered, and the first champion would not have.
    const { before, during, after, frozen } = summary.accuracy;
    expect(before).toBeGreaterThan(0.85);
    expect(during).toBeLessThan(0.75);
    expect(after).toBeGreaterThan(during! + 0.1);
    expect(frozen).toBeLessThan(after! - 0.1);

    // Nothing was lost, doubled or refused on the way.
    const { predictions, feedback, stored, duplicates, deadLettered } = summary.events;
    expect({ stored, duplicates, deadLettered }).toEqual({
      stored: predictions + feedback,
      duplicates: 0,
      deadLettered: 0,
    });
    expect(summary.requests.total).toBeGreaterThan(100);
    expect(summary.requests.failed).toBe(0);
    const champion = summary.versions.find((v) => v.role === 'champion')!;
    expect(champion.version).not.toBe('v1');
    expect(champion.accuracyOnTest).toBeGreaterThan(0.7);
    expect(demo.lines.filter((l) => l.type === 'progress').length).toBeGreaterThan(5);

    // `--keep`: everything is still up, until Ctrl-C takes it all away.
    const { addresses } = summary;
    const urls = Object.values(addresses);
    expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => true));
    const dev = path.join(folder, '.driftloop/dev.json');
    expect(existsSync(dev)).toBe(true);
    demo.child.kill('SIGINT');
    expect(await demo.exited).toBe(0);
    expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => false));
    expect(existsSync(dev)).toBe(false);
  },
);
