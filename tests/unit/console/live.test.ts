import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consoleScene } from '../../fakes/console-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

let world: ConsoleWorld;
const leaving: { cancel(): Promise<void> }[] = [];
beforeEach(() => {
  world = consoleScene({ refreshMs: 10 });
});
afterEach(async () => {
  for (const reader of leaving.splice(0)) await reader.cancel();
});

/** A reader of the stream, event by event. */
async function listen(headers: Record<string, string> = { authorization: 'Bearer the-token' }) {
  const answer = await world.app.request('/live', { headers });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  leaving.push(reader);
  let text = '';
  /** The data of the next event of that name. */
  const next = async (name: string): Promise<string> => {
    for (;;) {
      const event = /^event: (\w+)\ndata: ?(.*)\n\n/m.exec(text);
      if (event !== null) {
        text = text.slice(event.index + event[0].length);
        if (event[1] === name) return event[2]!;
        continue;
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended before "${name}"`);
      text += value;
    }
  };
  return { answer, next };
}

describe('the live stream', () => {
  test('begins with a beat, and goes on with beats', async () => {
    const { answer, next } = await listen();
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    await next('beat');
    await next('beat');
  });

  test('says which models have changed, and of no other', async () => {
    const { next } = await listen();
    await next('beat');
    await next('beat');
    world.rows.models.find(({ config }) => config.name === 'meter-digits')!.paused = true;
    expect(JSON.parse(await next('changed'))).toEqual(['meter-digits']);
  });

  test('the time that goes by is no change', async () => {
    const { next } = await listen();
    await next('beat');
    world.time.now += 1_000;
    await next('beat');
    await next('beat');
    world.rows.labelled.set('churn-risk', 1);
    expect(JSON.parse(await next('changed'))).toEqual(['churn-risk']);
  });

  test('goes on when a store that was away is back, and has missed nothing', async () => {
    const { next } = await listen();
    await next('beat');
    await next('beat');
    world.problems.stores = new Error('away');
    await next('beat');
    world.rows.labelled.set('churn-risk', 7);
    world.problems.stores = null;
    expect(JSON.parse(await next('changed'))).toEqual(['churn-risk']);
  });

  test('is for those who are known', async () => {
    const answer = await world.app.request('/live');
    expect(answer.status).toBe(401);
  });
});
