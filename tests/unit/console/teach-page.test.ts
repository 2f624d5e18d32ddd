import { expect, test } from 'vitest';
import { generation, multiLabel, regression } from '../../../domain/task.ts';
import { chanceToDecide } from '../../../statistics/chance-to-decide.ts';
import { askOf, intents, rowId, teachNow, teachScene } from '../../fakes/teach-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

const page = '/models/contact-reasons/teach';
const html = { authorization: 'Bearer the-token', accept: 'text/html' };
const get = async (world: ConsoleWorld, path: string, headers: Record<string, string> = html) => {
  const answer = await world.app.request(path, { headers });
  return { status: answer.status, text: await answer.text() };
};
const post = (
  world: ConsoleWorld,
  fields: Record<string, string> | string[][],
  path = page,
  headers = html,
) => world.app.request(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
const api = (world: ConsoleWorld, answers: unknown, headers: Record<string, string> = html) =>
  world.app.request('/api/models/contact-reasons/labels', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ answers }),
  });
const answer = (more: object = {}) => ({
  id: 'a1',
  predictionId: rowId(0),
  kind: 'label',
  value: 'complaint',
  at: new Date(teachNow).toISOString(),
  ...more,
});

test('the page opens with how many rows and how long, shows one, and a key for each label', async () => {
  const { status, text } = await get(teachScene(), page);
  expect(status).toBe(200);
  expect(text).toContain('64 messages worth a human look. The first 20 take about four minutes.');
  expect(text.match(/<article(?![^>]*hidden)/g)).toHaveLength(1);
  for (const [i, label] of intents.entries())
    expect(text).toMatch(new RegExp(`value="${label}" data-key="${i + 1}"`));
  expect(text).toContain('Picked messages train the next version. Only');
});

test('it works without script: a button says it, the next row comes, and it can be taken back', async () => {
  const world = teachScene();
  const said = await post(world, { row: rowId(0), label: 'complaint' });
  expect(said.status).toBe(303);
  expect(world.teach.said).toMatchObject([
    { predictionId: rowId(0), kind: 'label', value: 'complaint', by: 'ada', source: 'picked:person:ada' },
  ]);
  const next = await get(world, said.headers.get('location')!);
  expect(next.text).toContain('63 messages');
  const id = /name="value" value="([^"]+)"/.exec(next.text)![1]!;
  expect(id).toBe(world.teach.said[0]!.id);
  await post(world, { row: rowId(0), kind: 'undo', value: id });
  expect((await get(world, page)).text).toContain('64 messages');
});

test('what is drawn at random is a person’s word, what is picked says so', async () => {
  const world = teachScene();
  await api(world, [answer(), answer({ id: 'a2', predictionId: rowId(7), value: 'meter reading' })]);
  expect(world.teach.said.map(({ source }) => source)).toEqual(['picked:person:ada', 'person:ada']);
});

test('answers that waited on a device are taken once; one that is none is refused, and none beside it is taken', async () => {
  const world = teachScene();
  expect(await (await api(world, [answer()])).json()).toEqual({ taken: ['taken'] });
  expect(await (await api(world, [answer(), answer({ id: 'b', predictionId: rowId(99) })])).json()).toEqual({
    taken: ['known', 'gone'],
  });
  const bad = await api(world, [
    answer({ id: 'c', predictionId: rowId(1) }),
    answer({ id: 'd', value: 'nonsense' }),
  ]);
  expect([bad.status, ((await bad.json()) as { error: { code: string } }).error.code]).toEqual([
    400,
    'DL_FEEDBACK_INVALID',
  ]);
  expect(world.teach.said).toHaveLength(1);
});

test('a row that is asked of nobody any more is said so on the page, with its code at the API’s status', async () => {
  const world = teachScene();
  const answered = await post(world, { row: rowId(500), label: 'complaint' });
  expect(answered.status).toBe(409);
  const text = await answered.text();
  expect(text).toContain('Nobody is asked about');
  expect(text).toContain('DL_NOT_ASKED');
});

test('who may only look is told which role labels, sees no button, and is refused at the door', async () => {
  const world = teachScene();
  world.people.give('vic', 'viewer');
  const vic = { ...html, authorization: 'Bearer vic' };
  const { text } = await get(world, page, vic);
  expect(text).toContain('Labelling asks for one of the roles labeller, operator, approver and admin.');
  expect(text).not.toContain('data-key="1"');
  expect((await post(world, { row: rowId(0), label: 'complaint' }, page, vic)).status).toBe(403);
  expect((await api(world, [answer()], vic)).status).toBe(403);
  world.people.give('lea', 'labeller');
  expect((await api(world, [answer()], { ...html, authorization: 'Bearer lea' })).status).toBe(200);
});

test('an empty queue says when it fills; a store that is away is an error with its code', async () => {
  const world = teachScene({ rows: 0 });
  expect((await get(world, page)).text).toContain('Nothing worth your time now.');
  expect((await get(world, '/teach')).text).toContain('The queue fills when the model is unsure');
  world.teach.state.problem = new Error('away');
  expect((await get(world, page)).status).toBe(500);
});

test('many labels, a number and a text are asked in their own way', async () => {
  const world = teachScene();
  const many = askOf(world, multiLabel({ labels: ['a', 'b'] }), { input: { t: 'x' }, answer: '["a"]' });
  const value = askOf(world, regression({ tolerance: 1 }), { input: { p: 1, q: 2 }, answer: '3.5' });
  const words = askOf(world, generation(), { input: { prompt: 'hello' }, answer: 'Hi there' });
  const teach = (name: string) => `/models/${name}/teach`;
  expect((await get(world, teach(many))).text).toMatch(/type="checkbox" name="labels" value="a" checked/);
  expect((await get(world, teach(value))).text).toContain('3.5 is right');
  expect((await get(world, teach(words))).text).toContain('Hi there</textarea>');
  await post(
    world,
    [
      ['row', rowId(900)],
      ['labels', 'b'],
      ['labels', 'a'],
      ['kind', 'labels'],
    ],
    teach(many),
  );
  await post(world, { row: rowId(900), kind: 'label', value: '4.25' }, teach(value));
  await post(world, { row: rowId(900), kind: 'correction', value: 'Good day' }, teach(words));
  await post(world, { row: rowId(900), kind: 'up' }, teach(words));
  expect(world.teach.said.map(({ kind, value: said }) => [kind, said])).toEqual([
    ['label', ['a', 'b']],
    ['label', 4.25],
    ['correction', 'Good day'],
    ['rating', 'up'],
  ]);
});

test('what labels buy: with what would settle it the chance is nine in ten, and it grows with each label', () => {
  expect(chanceToDecide(1_900, 1_900)).toBeCloseTo(0.9, 6);
  expect(chanceToDecide(0, 1_900)).toBeCloseTo(0.05, 6);
  const chances = [0, 200, 800, 1_900, 5_000].map((n) => chanceToDecide(n, 1_900));
  expect(chances).toEqual(chances.toSorted((a, b) => a - b));
});
