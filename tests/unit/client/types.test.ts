import { expectTypeOf, test } from 'vitest';
import { createClient } from '../../../client/index.ts';
import { defineDriftloop, defineModel } from '../../../domain/config.ts';
import { category, number, text } from '../../../domain/input.ts';
import { classification, generation, multiLabel, regression } from '../../../domain/task.ts';

const config = defineDriftloop({
  models: [
    defineModel({
      name: 'meter',
      task: classification({ labels: ['UP', 'DOWN'] }),
      input: { price: number(), day: category(['1', '2']) },
    }),
    defineModel({ name: 'topics', task: multiLabel({ labels: ['card', 'fee'] }), input: { note: text() } }),
    defineModel({ name: 'hours', task: regression(), input: { price: number() } }),
    defineModel({ name: 'writer', task: generation(), input: { prompt: text() } }),
  ],
});

test('a client knows the models of its config: names, rows and answers', () => {
  const fetch = async () => Response.json({ predictions: [{}] });
  const typed = createClient<typeof config>({ server: 'http://x', token: 't', fetch });
  const meter = () => typed.predict('meter', [{ price: 1, day: '2' }, { day: null }, {}]);
  expectTypeOf<Awaited<ReturnType<typeof meter>>[number]>().toMatchTypeOf<{
    predictionId: string;
    version: string;
    label: 'UP' | 'DOWN';
    scores: Readonly<Record<'UP' | 'DOWN', number>>;
  }>();
  const topics = () => typed.predict('topics', [{ note: 'a' }]);
  expectTypeOf<Awaited<ReturnType<typeof topics>>[number]['labels']>().toEqualTypeOf<
    readonly ('card' | 'fee')[]
  >();
  const hours = () => typed.predict('hours', [{ price: 1 }]);
  expectTypeOf<Awaited<ReturnType<typeof hours>>[number]['value']>().toEqualTypeOf<number>();
  const writer = () => typed.predict('writer', [{ prompt: 'a' }]);
  expectTypeOf<Awaited<ReturnType<typeof writer>>[number]['text']>().toEqualTypeOf<string>();
  // @ts-expect-error a model that the config does not declare
  void typed.predict('metre', [{}]);
  // @ts-expect-error a feature that the model does not declare
  void typed.predict('meter', [{ prize: 1 }]);
  // @ts-expect-error a word that its category does not have
  void typed.predict('meter', [{ day: '8' }]);
});

test('a client without a config takes any name and any row', () => {
  const client = createClient({
    server: 'http://x',
    token: 't',
    fetch: async () => Response.json({ predictions: [{}] }),
  });
  const any = (model: string) => client.predict(model, [{ whatever: 1 }]);
  expectTypeOf<Awaited<ReturnType<typeof any>>[number]['label']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Awaited<ReturnType<typeof any>>[number]['predictionId']>().toEqualTypeOf<string>();
});
