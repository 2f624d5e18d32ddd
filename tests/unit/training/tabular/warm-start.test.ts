import { describe, expect, test } from 'vitest';
import { category, number, text } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import { random } from '../../../../training/random.ts';
import { tabularLogits } from '../../../../training/tabular/predict-tabular.ts';
import { encodedColumns, fitPreprocessing } from '../../../../training/tabular/preprocessing.ts';
import { trainTabular } from '../../../../training/tabular/train-tabular.ts';
import { warmStart } from '../../../../training/tabular/warm-start.ts';
import { tabularSettings } from '../../../../training/tabular/settings.ts';

const model = {
  name: 'm',
  task: classification({ labels: ['no', 'yes'] }),
  input: { a: number(), b: number(), c: category(['x', 'y']) },
};
const fineTune = tabularSettings({ method: 'full', hidden: [8, 4], minSteps: 200, maxSteps: 200 });

function made(count: number, seed: number, from: number) {
  const chance = random(seed);
  const rows = Array.from({ length: count }, () => ({
    a: from + 3 * chance.uniform(),
    b: chance.uniform() < 0.1 ? null : 100 * chance.uniform(),
    c: chance.uniform() < 0.5 ? 'x' : 'y',
  }));
  return {
    rows,
    labels: rows.map(({ a, b, c }) => ((b ?? 50) > 50 === (c === 'x') || a > 4 ? 'yes' : 'no')),
  };
}

describe('a warm start', () => {
  test('computes on new preprocessing what the champion computed on its own', async () => {
    const champion = await trainTabular({ model, fineTune, ...made(400, 1, 0) });
    const { rows } = made(300, 2, 2);
    const preprocessing = fitPreprocessing(model.input, rows);
    expect(preprocessing).not.toEqual(champion.preprocessing);
    const { labels } = model.task;
    const begun = warmStart({ ...champion, labels }, { preprocessing, network: champion.network, labels });
    if ('refusal' in begun) throw new Error(begun.refusal);
    const moved = tabularLogits(
      { ...champion, preprocessing, weights: Float32Array.from(begun.weights) },
      rows,
    );
    const before = tabularLogits(champion, rows);
    for (let i = 0; i < before.length; i += 1) expect(moved[i]).toBeCloseTo(before[i]!, 4);
  });

  test('keeps what it knows where the new rows have another feature and another word', async () => {
    const champion = await trainTabular({ model, fineTune, ...made(400, 1, 0) });
    const wider = { ...model.input, c: category(['y', 'z', 'x']), d: number() };
    const rows = made(200, 3, 1).rows.map((row, i) => ({ ...row, d: i }));
    const preprocessing = fitPreprocessing(wider, rows);
    const network = { ...champion.network, inputs: encodedColumns(preprocessing).length };
    const { labels } = model.task;
    const begun = warmStart({ ...champion, labels }, { preprocessing, network, labels });
    if ('refusal' in begun) throw new Error(begun.refusal);
    const weights = Float32Array.from(begun.weights);
    const moved = tabularLogits({ ...champion, preprocessing, network, weights }, rows);
    const before = tabularLogits(champion, rows);
    for (let i = 0; i < before.length; i += 1) expect(moved[i]).toBeCloseTo(before[i]!, 4);
  });

  test('begins from scratch, and says why, where the shapes do not fit', async () => {
    const champion = await trainTabular({ model, fineTune, ...made(200, 1, 0) });
    const other = { ...fineTune, hidden: [16] };
    const data = made(200, 2, 0);
    const trained = await trainTabular({ model, fineTune: other, ...data, warmStart: champion });
    expect(trained.report.notes).toEqual([
      'Trained from scratch, not from the champion: its hidden layers are 8×4, the config asks for 16.',
    ]);
    expect(trained.weights).toEqual((await trainTabular({ model, fineTune: other, ...data })).weights);
  });

  test('needs fewer steps than a start from scratch on the same world', async () => {
    const champion = await trainTabular({
      model,
      fineTune: { ...fineTune, minSteps: 1500, maxSteps: 1500 },
      ...made(800, 1, 0),
    });
    const short = { ...fineTune, epochs: 1, minSteps: 10, maxSteps: 10 };
    const [data, validation] = [made(400, 5, 0), made(400, 6, 0)];
    const warm = await trainTabular({ model, fineTune: short, ...data, validation, warmStart: champion });
    const cold = await trainTabular({ model, fineTune: short, ...data, validation });
    expect(warm.report.validationLoss).toBeLessThan(cold.report.validationLoss! / 2);
  });

  describe('of a text among columns', () => {
    const withNote = { ...model, input: { a: number(), note: text() } };
    const fewWords = ['late', 'on time', 'broken', 'as told', 'lost', 'found'];
    const noted = (words: readonly string[], seed: number) => {
      const chance = random(seed);
      const rows = Array.from({ length: 300 }, () => ({
        a: chance.uniform(),
        note: chance.uniform() < 0.1 ? null : words[Math.floor(words.length * chance.uniform() ** 2)]!,
      }));
      return { rows, labels: rows.map(({ a, note }) => (note === 'late' || a > 0.8 ? 'yes' : 'no')) };
    };

    test('computes the same where the words have changed their order and their weight, and new ones came', async () => {
      const champion = await trainTabular({ model: withNote, fineTune, ...noted(fewWords, 1) });
      const now = noted(['broken', 'on time', 'late', 'lost', 'as told', 'found', 'unheard of'], 2);
      const preprocessing = fitPreprocessing(withNote.input, now.rows);
      const network = { ...champion.network, inputs: encodedColumns(preprocessing).length };
      const { labels } = model.task;
      const begun = warmStart({ ...champion, labels }, { preprocessing, network, labels });
      if ('refusal' in begun) throw new Error(begun.refusal);
      expect(network.inputs).toBeGreaterThan(champion.network.inputs);
      const weights = Float32Array.from(begun.weights);
      const { rows } = noted(fewWords, 3);
      const moved = tabularLogits({ ...champion, preprocessing, network, weights }, rows);
      const before = tabularLogits(champion, rows);
      for (let i = 0; i < before.length; i += 1) expect(moved[i]).toBeCloseTo(before[i]!, 4);
    });

    test.each([
      [
        'of the 10 words and pairs that it knows in "note" only 1 are still frequent',
        withNote,
        noted(['late', 'quite', 'other', 'words'], 4),
      ],
      [
        'to it "note" is a text, and the config says category',
        { ...model, input: { a: number(), note: category(fewWords) } },
        noted(fewWords, 4),
      ],
    ])('is refused: %s', async (because, now, data) => {
      const champion = await trainTabular({ model: withNote, fineTune, ...noted(fewWords, 1) });
      const trained = await trainTabular({ model: now, fineTune, ...data, warmStart: champion });
      expect(trained.report.notes).toEqual([`Trained from scratch, not from the champion: ${because}.`]);
    });
  });
});
