import { expect, test } from 'vitest';
import { hasClosed, playStory } from '../chaos/story.ts';

test(
  'a whole loop whose parts are killed one after the other breaks no law and closes',
  { timeout: 420_000 },
  async () => {
    const seed = Number(process.env['DRIFTLOOP_TEST_SEED'] ?? Date.now() % 2 ** 31);
    console.log(`seed ${seed} (DRIFTLOOP_TEST_SEED=${seed} repeats this)`);
    const { kills, breaches, summary, leftBehind } = await playStory({ seed, mostKills: 12, pace: 100 });
    const { reason, runs, accuracy, events } = summary;
    const said = JSON.stringify({ seed, kills, reason, runs, accuracy, events });
    expect(breaches, said).toEqual([]);
    expect(leftBehind, said).toEqual([]);
    expect(hasClosed(summary), said).toBe(true);
    expect(kills.length, said).toBeGreaterThanOrEqual(3);
    for (const { backAfterSeconds } of kills) expect(backAfterSeconds ?? Infinity, said).toBeLessThan(30);
  },
);
