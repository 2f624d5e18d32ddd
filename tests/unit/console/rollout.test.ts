import { beforeEach, describe, expect, test } from 'vitest';
import { phasesOf } from '../../../console/rollout/gather-rollout.ts';
import { sayMissing } from '../../../console/rollout/say-rollout.ts';
import type { RolloutView } from '../../../console/rollout/rollout-view.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import type { Hold, OnTrial } from '../../../domain/rollout.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';
import { checksOf } from '../../fakes/rollout-scene.ts';

const model = 'support-intents';
const path = `/models/${model}/rollout`;
let world: ConsoleWorld;
beforeEach(() => {
  world = consoleScene();
});

const bearer = { authorization: 'Bearer the-token' };
const page = async (at = path) => {
  const answer = await world.app.request(at, { headers: { ...bearer, accept: 'text/html' } });
  const text = await answer.text();
  const lede = /<p class="lede">(.*?)<\/p>/.exec(text)?.[1] ?? '';
  const why = /<p class="why">(.*?)<\/p>/.exec(text)?.[1] ?? '';
  return { status: answer.status, text, lede, why };
};
const post = async (at: string, fields: Record<string, string>) => {
  const answer = await world.app.request(at, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { ...bearer, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
};
const json = async (at = `/api${path}`) =>
  (await (await world.app.request(at, { headers: bearer })).json()) as RolloutView;
const hold = (held: Hold | null, change: Partial<OnTrial> = {}) => {
  const standing = world.rows.rollouts.get(model)!;
  world.rows.rollouts.set(model, {
    ...standing,
    rollout: { ...(standing.rollout as OnTrial), ...change, hold: held } as OnTrial,
  });
};

describe('the page of a rollout', () => {
  test('begins with traffic, what the newest judgement comes to, and what would settle it', async () => {
    const { lede, why, text } = await page();
    expect(lede).toMatch(
      /^v8 answers 25 % of requests\. Nothing looks worse than v7 so far; [\d,]+ more requests on each side would settle slow answers\.$/,
    );
    expect(why).toContain('A step lasts at least 30 min and is looked at every 1 min.');
    expect(text).toContain('50 % at 08:36');
    expect(text).toContain('Paused');
  });

  test('knows the looks of a canary, in whichever order its stage was stored', async () => {
    const looks = world.rows.looks.get('0193b0aa-18')!;
    const phases = async () => /<section[^>]*id="quality".*?<\/section>/s.exec((await page()).text)![0];
    const before = await phases();
    const turned = looks.map((look) => ({
      ...look,
      stage: Object.fromEntries(Object.entries(look.stage).toReversed()) as typeof look.stage,
    }));
    world.rows.looks.set('0193b0aa-18', turned);
    world.time.now += 2_000;
    expect(await phases()).toBe(before);
  });

  test('counts the checks that are not clear yet', async () => {
    expect((await page()).text).toMatch(/: \d of 5 checks (is|are) not clear yet\./);
  });

  test('a hold says itself in its own words, and what a person may do follows from it', async () => {
    hold({ for: 'person', sentence: 'bob paused it: looks odd.' });
    const paused = await page();
    expect([paused.lede, paused.why]).toEqual([
      'v8 answers 25 % of requests. Nothing looks worse than v7; it is paused.',
      'Bob paused it: looks odd.',
    ]);
    expect(paused.text).toContain('/rollout/resume');
    expect(paused.text).not.toContain('/rollout/pause"');
    hold(
      { for: 'servers', sentence: 'Only 10 % of the servers have the challenger loaded.' },
      { ready: 0.1 },
    );
    expect((await page(`${path}?again`)).status).toBe(200);
  });

  test('never more traffic than the servers that have it loaded', async () => {
    hold(
      { for: 'servers', sentence: 'Only 10 % of the servers have the challenger loaded.' },
      { ready: 0.1 },
    );
    expect((await page()).lede).toMatch(/^v8 answers 10 % of requests\./);
  });

  test('where the workflow does not answer it says so, and shows what was stored', async () => {
    world.problems.loop = new DriftloopError('DL_TEMPORAL_UNREACHABLE', 'Temporal does not answer.', {
      fix: 'Start it.',
    });
    const { lede, why, text } = await page();
    expect(lede).toContain('Its workflow does not answer');
    expect(why).toContain('Temporal does not answer.');
    expect(text).toContain('Slow answers');
    expect(text).toContain('v7 is ready to take over');
  });

  test('one that was withdrawn says why, from where, and keeps what its judgements saw', async () => {
    const { lede, why, text } = await page(`${path}?run=0193b0aa-12`);
    expect(lede).toMatch(/^v6 was withdrawn in its canary at 5 %/);
    expect(why).toContain('Too many errors');
    expect(text).toContain('+13.6 [');
    expect(text).not.toContain('/rollout/abort');
  });

  test('without a rollout it says who answers, and what is one command away', async () => {
    const { lede, text } = await page('/models/electricity-price/rollout');
    expect(lede).toBe('No rollout. v12 answers everything; v11 is one command away.');
    expect(text).toContain('driftloop version rollback electricity-price');
    expect((await page('/models/churn-risk/rollout')).lede).toBe('No rollout. v1 answers everything.');
    expect((await page('/models/nobody/rollout')).status).toBe(404);
  });

  test('a freeze is said where it holds the next step', async () => {
    world.time.now = Date.parse('2026-11-28T10:00:00Z');
    const { text } = await page();
    expect(text).toContain('Nothing moves forward until 2026-11-30T08:00:00.000Z');
    expect(text).toContain('At 16:00, only on Friday (UTC), for 64h: nobody deploys into the weekend.');
  });

  test('the list has what is on its way, with its sentence, and what is over', async () => {
    const { lede, text } = await page('/rollouts');
    expect(lede).toBe('1 challenger is on the way to production.');
    expect(text).toContain(`href="${path}"`);
    expect(text).toContain('Too many errors');
    world.rows.runs.length = 0;
    expect((await page('/rollouts?again')).status).toBe(200);
  });

  test('a drill of the way back says how long it takes, or that it is broken', async () => {
    const note = { action: 'rollback drill', by: 'ada', model, subject: 'v7' } as const;
    await world.people.audit.append({ ...note, details: { seconds: 4.1 } });
    expect((await json()).drill).toMatchObject({ target: 'v7', seconds: 4.1, refused: null });
    expect((await page()).text).toContain('v7 drilled');
    await world.people.audit.append({ ...note, refused: 'DL_WAY_BACK_BROKEN' });
    world.time.now += 2_000;
    expect((await page()).text).toContain('DL_WAY_BACK_BROKEN when drilled');
  });
});

describe('a word to a rollout', () => {
  test.each(['pause', 'resume', 'skip', 'abort'] as const)(
    '%s goes to the loop with its reason',
    async (kind) => {
      const answer = await post(`${path}/${kind}`, { reason: 'customers complain', runId: '0193b0aa-18' });
      expect([answer.status, answer.location]).toEqual([303, path]);
      const api = await world.app.request(`/api${path}/${kind}`, {
        method: 'POST',
        headers: bearer,
        body: JSON.stringify({ reason: 'again' }),
      });
      expect(await api.json()).toEqual({ model, runId: '0193b0aa-18', version: 'v8', heard: kind });
      expect(world.said.map(([verb, , { reason }]) => [verb, reason])).toEqual([
        [`${kind} rollout`, 'customers complain'],
        [`${kind} rollout`, 'again'],
      ]);
    },
  );

  test.each(['skip', 'abort'] as const)('%s without a reason is refused on the page', async (kind) => {
    const answer = await post(`${path}/${kind}`, { reason: ' ' });
    expect(answer.text).toContain('DL_REASON_NEEDED');
    expect(world.said).toEqual([]);
    expect(world.people.audited).toContainEqual(
      expect.objectContaining({ model, refused: 'DL_REASON_NEEDED' }),
    );
  });

  test('meant for a rollout that is over, it is not said to the next one', async () => {
    const answer = await post(`${path}/abort`, { reason: 'harm', runId: '0193b0aa-12' });
    expect([answer.status, answer.text.includes('DL_NO_ROLLOUT')]).toEqual([409, true]);
    expect((await post('/models/churn-risk/rollout/pause', {})).text).toContain('DL_NO_ROLLOUT');
    expect(world.said).toEqual([]);
  });
});

describe('what is gathered', () => {
  test('phases begin where the servers began to serve them, and the plan follows the one that goes on', async () => {
    const { shown } = await json();
    const minutes = (ms: number) => Math.round((ms - world.time.now) / 60_000);
    expect(shown!.phases.map(({ stage, from, to }) => [stage.phase, minutes(from), minutes(to)])).toEqual([
      ['shadow', -88, -58],
      ['canary', -58, -14],
      ['canary', -14, 0],
    ]);
    expect(shown!.planned.map(({ stage, from, to }) => [stage.phase, minutes(from), minutes(to)])).toEqual([
      ['canary', 0, 16],
      ['canary', 16, 46],
      ['bake', 46, 286],
    ]);
    expect(shown!.looks).toHaveLength(31);
  });

  test('a story that says nothing leaves the phase that the workflow knows', () => {
    const standing = world.rows.rollouts.get(model)!;
    expect(phasesOf([], standing, [], 9e12)).toMatchObject([{ from: Date.parse(standing.since), to: 9e12 }]);
    expect(phasesOf([], null, [], 1)).toEqual([]);
  });

  test('what the workflow has decided is where it is before the story tells it, and what is planned follows', async () => {
    hold(null, { phase: 'canary', step: 2, share: 0.5 });
    const { shown } = await json();
    expect(shown!.phases.at(-1)).toMatchObject({ stage: { step: 2, share: 0.5 }, from: world.time.now });
    expect(shown!.planned.map(({ stage }) => stage.phase)).toEqual(['canary', 'bake']);
    const { lede, text } = await page();
    expect(lede).toMatch('answers 50 % of requests');
    expect(text).toMatch('all of them at');
  });

  test('what the story tells is where it is before the workflow has said so', async () => {
    hold(null, { phase: 'canary', step: 0, share: 0.05 });
    const { lede, text } = await page();
    expect(lede).toMatch('answers 25 % of requests');
    expect(text).toMatch('50 % at');
  });

  test('what is missing is the most of what any check asks for, labels and requests apart', () => {
    expect(sayMissing(checksOf(100, 20, true))).toMatch(
      /^[\d,]+ more requests on each side would settle errors, slow answers and invalid answers and \d+ more labels would settle quality$/,
    );
    expect(sayMissing(checksOf(1e6, 1e5, true))).toBeNull();
  });
});
