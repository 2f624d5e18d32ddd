import { expect, test } from 'vitest';
import { loopRows } from '../../../../cli/offline/loop-rows.ts';
import { learnMore, learntDigits } from '../../../../training/learnt-file.ts';
import { learntNothing } from '../../../../domain/golden.ts';
import { classification } from '../../../../domain/task.ts';

const task = classification({ labels: ['A', 'B'] });

test('images are listed by what they show: the same one is found again, another one is not', async () => {
  const input = { picture: { kind: 'image', width: 4, height: 4, channels: 1 } } as const;
  const model = { name: 'm', task, input };
  const image = (of: number) => Uint8Array.from({ length: 16 }, (_, i) => (i * of) % 256);
  const images = Array.from({ length: 40 }, (_, i) => image(i + 1));
  const learnt = learnMore(learntNothing, input, await loopRows(model, images));
  expect(learnt).toMatchObject({ isWhole: true, byChance: 0 });
  expect(learnt.rows).toHaveLength(40);
  const [same, other] = await loopRows(model, [image(17), image(90)]);
  expect(learnt.rows).toContain(learntDigits(input, same!));
  expect(learnt.rows).not.toContain(learntDigits(input, other!));
});

test('of a conversation what was said before the answer, and rows as they are', async () => {
  const said = [
    { role: 'user', content: 'Where is it?' },
    { role: 'assistant', content: 'Where?' },
  ];
  const writes = { name: 'm', task: { kind: 'generation' }, input: { prompt: { kind: 'text' } } };
  expect(await loopRows(writes as never, [{ prompt: said }])).toEqual([{ prompt: 'Where is it?\nWhere?' }]);
  const table = { name: 'm', task, input: { x: { kind: 'number' } } } as const;
  expect(await loopRows(table, [{ x: 1 }])).toEqual([{ x: 1 }]);
});

test('how often learnt rows meet each other is kept with them, so that chance can be told from a leak', () => {
  const input = { x: { kind: 'number' } } as const;
  const rows = [1, 1, 2, 3].map((x) => ({ x }));
  expect(learnMore(learntNothing, input, rows)).toMatchObject({ byChance: 0.5 });
  const before = learnMore(learntNothing, input, rows);
  expect(learnMore(before, input, [])).toEqual(before);
});
