import { expect, test } from 'vitest';
import { rollOutUnderLoad } from '../support/rollouts-under-load.ts';

test(
  'a whole rollout under load and over a killed worker: no request fails, none is answered by a wrong version',
  { timeout: 240_000 },
  async () => {
    const said: string[] = [];
    const report = await rollOutUnderLoad({
      rollouts: 1,
      connections: 2,
      killWorkerIn: [1],
      steadySeconds: 1,
      say: (line) => said.push(line),
    });
    const { requests, failed, wrongVersion, ended, champions, abortSeconds } = report;
    const story = said.join('\n');
    expect({ failed, wrongVersion, kinds: ended.map(({ outcome }) => outcome.kind) }, story).toEqual({
      failed: 0,
      wrongVersion: 0,
      kinds: ['promoted'],
    });
    expect(champions).toEqual(['v1', 'v2']);
    // Two looks and five seconds, on a machine that does everything else too.
    expect(abortSeconds).toBeLessThan(7);
    expect(requests).toBeGreaterThan(500);
    expect(story).toMatch(/killed the worker: \d+/);
    for (const phase of [
      'is in the shadow',
      'answers 30 % of the requests',
      'answers all requests, and the champion stands by',
    ])
      expect(story).toContain(phase);
  },
);
