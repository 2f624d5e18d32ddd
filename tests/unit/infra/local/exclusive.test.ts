import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { exclusively, takeLock } from '../../../../infra/local/exclusive.mjs';

const script = new URL('../../../../infra/local/exclusive.mjs', import.meta.url).href;
const uniqueName = () => `test:${process.pid}:${Math.random()}`;

test('work of the same name is done one after the other', async () => {
  const name = uniqueName();
  const story: string[] = [];
  const work = (who: string) => async () => {
    story.push(`${who} begins`);
    await wait(30);
    story.push(`${who} ends`);
  };
  let waited = 0;
  await Promise.all([exclusively(name, work('first')), exclusively(name, work('second'), () => waited++)]);
  expect(story).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(waited).toBe(1);
});

test('work of another name is not waited for', async () => {
  const release = await takeLock(uniqueName());
  expect(await exclusively(uniqueName(), async () => 'done')).toBe('done');
  await release!();
});

test('a failure lets go of the lock, and is passed on', async () => {
  const name = uniqueName();
  await expect(exclusively(name, () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  expect(await exclusively(name, async () => 'next')).toBe('next');
});

test('the lock of a process killed with -9 is free at once', async () => {
  const name = uniqueName();
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { takeLock } from ${JSON.stringify(script)};
     await takeLock(${JSON.stringify(name)});
     console.log('held');
     setInterval(() => {}, 1000);`,
  ]);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(await takeLock(name)).toBeNull();
  const next = exclusively(name, async () => 'taken over');
  holder.kill('SIGKILL');
  expect(await next).toBe('taken over');
});
