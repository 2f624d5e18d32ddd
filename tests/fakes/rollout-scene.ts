import { conclude } from '../../monitors/rollout/conclude.ts';
import { judgeQuality } from '../../monitors/rollout/judge-quality.ts';
import { judgeSampleRatio } from '../../monitors/rollout/sample-ratio.ts';
import { judgeShare } from '../../monitors/rollout/judge-share.ts';
import type { Check, RolloutLook, Stage } from '../../domain/rollout.ts';
import type { ConsoleWorld } from './console-world.ts';

const minute = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
const rules = { alpha: 0.004, minSamples: 500, margin: 0.005, atMost: 0, within: 0.005 };

const share = (
  check: string,
  events: string,
  rows: number,
  rates: readonly [number, number],
  within: number,
) => {
  const arm = (rate: number, trials: number) => ({ events: Math.round(rate * trials), trials });
  return judgeShare(
    { challenger: arm(rates[0], rows), champion: arm(rates[1], Math.round(1.007 * rows)) },
    { ...rules, within },
    { check, events, trials: 'requests' },
  );
};

/** What a look sees when both arms have answered so many requests, and so many labels have come. */
export function checksOf(requests: number, labels: number, isDecided: boolean, within = 0.02): Check[] {
  const quality = judgeQuality(
    { wins: Math.round(0.045 * labels), losses: Math.round(0.035 * labels), ties: Math.round(0.92 * labels) },
    { alpha: 0.0125, minLabels: 500, margin: 0.02, within: 0.05 },
  );
  return [
    judgeSampleRatio({ challenger: requests, baseline: Math.round(1.007 * requests), expected: 0.5 }),
    share('errors', 'errors', requests, [0.0019, 0.0021], within),
    share('latency', 'answers slower than 62 ms', requests, [0.0104, 0.0098], within),
    share('invalid answers', 'invalid', requests, [0.0003, 0], within),
    { ...quality, dryRun: !isDecided },
  ];
}

const shadow: Stage = { phase: 'shadow' };
const step = (at: number, of: number): Stage => ({ phase: 'canary', step: at, share: of });

/** A canary at its second step: shadow from 88 minutes ago, 5 % from 58, 25 % from 14. */
export function rollOutScene(world: ConsoleWorld, model: string, runId: string, now: number): void {
  const begins = [now - 88 * minute, now - 58 * minute, now - 14 * minute] as const;
  const look = (at: number, stage: Stage, checks: Check[]): RolloutLook => ({
    at: iso(at),
    stage,
    judgement: conclude(checks),
    checks,
    ready: 1,
    frozen: null,
  });
  const looks = [
    ...[3, 6, 9, 12, 15, 18, 21, 24, 27, 30].map((m) =>
      look(begins[0] + m * minute, shadow, checksOf(900 * m, 64 * m, true)),
    ),
    ...[2, 5, 10, 15, 20, 26, 30, 36, 42].map((m) =>
      look(begins[1] + m * minute, step(0, 0.05), checksOf(100 * m, 3 * m, false, 0.03)),
    ),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((m) =>
      look(begins[2] + m * minute, step(1, 0.25), checksOf(220 * m, 17 * m, false, 0.0125)),
    ),
  ];
  world.rows.looks.set(runId, looks);
  const told = (at: number, sentence: string, data: object) => ({
    key: `rollout-${at}`,
    phase: 'rollout' as const,
    sentence,
    data: { ...data },
    at: iso(at),
  });
  world.rows.stories.set(runId, [
    told(
      begins[0],
      'v8 is in the shadow: it is asked what the champion is asked, and its answers are dropped.',
      {
        rollout: 'shadow',
        generation: 7,
      },
    ),
    told(begins[1] - 1_000, 'All well: no worse on 1,920 labels.', {
      judgement: 'successful',
      rollout: 'canary',
      share: 0.05,
    }),
    told(begins[1], 'v8 answers 5 % of the requests.', { rollout: 'canary', share: 0.05, generation: 8 }),
    told(begins[1] + 10 * minute, 'Too few requests to judge errors by (500 are needed on each side).', {
      judgement: 'inconclusive',
      rollout: 'canary',
      share: 0.05,
    }),
    told(begins[1] + 20 * minute, 'operator@team paused it: waits for the release of the app.', {
      word: 'pause',
      rollout: 'canary',
      share: 0.05,
      heldFor: 'person',
    }),
    told(begins[1] + 34 * minute, 'operator@team resumed it.', {
      word: 'resume',
      rollout: 'canary',
      share: 0.05,
    }),
    told(begins[2] - 1_000, 'All well: errors, slow and invalid answers no worse.', {
      judgement: 'successful',
      rollout: 'canary',
      share: 0.25,
    }),
    told(begins[2], 'v8 answers 25 % of the requests.', { rollout: 'canary', share: 0.25, generation: 9 }),
  ]);
  const newest = looks.at(-1)!;
  world.rows.rollouts.set(model, {
    runId,
    version: 'v8',
    champion: 'v7',
    rollout: { phase: 'canary', step: 1, share: 0.25, errors: 0, ready: 1, hold: null },
    since: iso(begins[2]),
    seen: { at: newest.at, judgement: newest.judgement, checks: newest.checks },
  });
}

/** A rollout that was withdrawn from its first step, for errors. */
export function withdrawScene(world: ConsoleWorld, runId: string, now: number): void {
  const begun = now - 10 * 24 * 60 * minute;
  const canary = step(0, 0.05);
  const checks = (requests: number, errors: number): Check[] => [
    judgeShare(
      { challenger: { events: errors, trials: requests }, champion: { events: 0, trials: requests } },
      rules,
      { check: 'errors', events: 'errors', trials: 'requests' },
    ),
  ];
  const seen = [checks(40, 0), checks(90, 6), checks(140, 19)];
  world.rows.looks.set(
    runId,
    seen.map((given, i) => ({
      at: iso(begun + (i + 1) * minute),
      stage: canary,
      judgement: conclude(given),
      checks: given,
      ready: 1,
      frozen: null,
    })),
  );
  const told = { key: 'rollout-1', phase: 'rollout', at: iso(begun) } as const;
  world.rows.stories.set(runId, [
    {
      ...told,
      sentence: 'v6 answers 5 % of the requests.',
      data: { rollout: 'canary', share: 0.05, generation: 5 },
    },
    {
      ...told,
      key: 'rollout-2',
      at: iso(begun + 3 * minute),
      sentence: conclude(seen.at(-1)!).sentence,
      data: { judgement: 'failed', rollout: 'withdrawn' },
    },
  ]);
}
