import { beforeEach, describe, expect, test } from 'vitest';
import { CANCELLED } from '../../../domain/run.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';
import { endedRun, heldRun, trainingRun } from '../../fakes/run-scenes.ts';

let world: ConsoleWorld;
beforeEach(() => {
  world = consoleScene();
});

const html = { accept: 'text/html', authorization: 'Bearer the-token' };
async function read(id: string) {
  const answer = await world.app.request(`/runs/${id}`, { headers: html });
  const text = await answer.text();
  const words = text
    .replaceAll(/<svg.*?<\/svg>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
  return { status: answer.status, text, words, lede: /<p class="lede">(.*?)<\/p>/.exec(text)?.[1] };
}

describe('the page of a run', () => {
  test('opens with what it did and where it is, then where the time went', async () => {
    const { lede, words } = await read('0193a1c2-41');
    expect(lede).toBe(
      'Began because it made too many errors. Trained v13: better by 10.7 points, and no slice is shown to be harmed. It waits for a person.',
    );
    expect(words).toContain(
      'It has taken 6 d 4 h, of which 1 h 52 min have been work. It waited 2 d 8 h for labels, 3 d 12 h for more labels, held by the gate and 5 h 8 min for a person.',
    );
  });

  test('shows the gate as bound, value, interval and verdict', async () => {
    const { words } = await read('0193a1c2-41');
    expect(words).toContain('All cases 1,482 rows .741 .848 +.107 [+.073, +.141] above 0 Better');
    expect(words).toContain('.031 [.019, .047] at most .050 Within');
    expect(words).toContain('8.1 ms at most 50 ms Within');
    expect(words).toContain('reported only');
    expect(words).toContain('3.9 × 10²⁰ to 1');
  });

  test('shows both matrices, the settings that were tried, flips, data and cost', async () => {
    const { words } = await read('0193a1c2-41');
    expect(words).toContain('v12 most often said DOWN where it was UP: 276 times.');
    expect(words).toMatch(/was UP 645 86 % 108 14 %/);
    expect(words).toContain('lora, rank 8, learning rate 0.001 3 .372 .848 Kept');
    expect(words).toContain('full, learning rate 0.1 1 – – ran away');
    expect(words).toContain('214 fixed, 55 broken');
    expect(words).toContain('3,520 after the change, 800 before');
    expect(words).toContain('58 min on tensorflow-gpu');
    expect(words).toContain('driftloop verify');
  });

  test('says while it trains how far it is, how the loss stands and how long it takes', async () => {
    trainingRun(world);
    const { lede, words, text } = await read('run-training');
    expect(lede).toContain('operator@team asked for it. It fine-tunes a challenger: step 1,200 of 4,000.');
    expect(words).toMatch(/Step 1,200 of 4,000, epoch 2, validation loss \.\d{3}, 340 examples a second\./);
    expect(words).toContain('At this pace it takes about 42 min more');
    expect(text).toMatch(/<path class="ln challenger" d="M/);
    expect(text).toMatch(/<path class="ln training" d="M/);
    expect(words).toMatch(/Gate.*to come.*Rollout.*to come/s);
  });

  test('says of a failed run what went wrong, and that nothing in production changed', async () => {
    endedRun(world, {
      kind: 'failed',
      sentence: 'Fine-tuning failed three times: out of memory at batch 64. Try 32.',
    });
    const { words, lede } = await read('run-failed');
    expect(lede).toContain('It failed. Nothing in production changed.');
    expect(words).toContain('out of memory at batch 64. Try 32.');
  });

  test('says of a cancelled run that somebody cancelled it, and calls that no failure', async () => {
    endedRun(world, { kind: 'failed', sentence: CANCELLED });
    const { words, lede } = await read('run-failed');
    expect(lede).toContain('It was cancelled. Nothing in production changed.');
    expect(words).toContain('Somebody cancelled its workflow.');
    expect(words).toContain('Cancelled');
    expect(words).not.toContain('Failed');
    expect(words).not.toContain('driftloop doctor');
  });

  test('is marked on a phone as one of the runs of its model', async () => {
    const { text } = await read('0193a1c2-41');
    expect(text).toMatch(/href="\/models\/electricity-price#runs" aria-current="page"/);
    expect(text).not.toMatch(/href="\/models\/electricity-price#top" aria-current/);
  });

  test('says where the lines are that the processes wrote', async () => {
    expect((await read('0193a1c2-41')).words).toContain('log lines of JSON, in .driftloop/state/logs under');
  });

  test('offers to force a gate that holds to those who may, and only then', async () => {
    heldRun(world);
    const { lede, text } = await read('run-held');
    expect(lede).toContain('Held: more labels are needed to settle it.');
    expect(text).toContain('action="/runs/run-held/force"');
    expect((await read('0193a1c2-41')).text).not.toContain('/force"');
  });

  test('a run that nobody knows is a page with a way back', async () => {
    expect(await read('no-such-run')).toMatchObject({ status: 404 });
  });

  test('links to its workflow, and to where it is decided', async () => {
    const { text } = await read('0193a1c2-41');
    expect(text).toContain('href="/runs/0193a1c2-41/approve"');
    expect(text).toContain('href="http://127.0.0.1:8233/namespaces/loops%20of%20ours/workflows?query=');
    expect(text).toContain('href="http://127.0.0.1:8233/namespaces/loops%20of%20ours/workflows"');
    const [, query] = /workflows\?query=([^"]+)"/.exec(text)!;
    expect(decodeURIComponent(query!)).toBe(
      'WorkflowId="default/retrain/electricity-price" AND StartTime BETWEEN "2026-11-18T03:19:00.000Z" AND "2026-11-18T03:23:00.000Z"',
    );
  });

  test('what a program of another release has stored, or nothing at all, is still a page', async () => {
    world.rows.stories.clear();
    world.rows.evaluations.clear();
    world.rows.courses.clear();
    const { status, words } = await read('0193b0aa-18');
    expect(status).toBe(200);
    expect(words).toContain('It has just begun.');
  });
});
