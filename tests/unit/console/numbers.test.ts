import { describe, expect, test } from 'vitest';
import { buildDossier } from '../../../console/dossier/dossier.ts';
import { printDossier } from '../../../console/dossier/print-dossier.ts';
import { dossierLede } from '../../../console/dossier/say-dossier.ts';
import { metricInside, metricName, sayMetric, sayMetricChange } from '../../../console/metric-words.ts';
import { sayPolicy } from '../../../console/policy/say-policy.ts';
import { modelLede } from '../../../console/sentences.ts';
import { sayWebhook } from '../../../console/settings-sentences.ts';
import { sayComparedMetric, sayFlip } from '../../../console/versions/say-comparison.ts';
import { number, sayAnswer } from '../../../console/wording.ts';
import { regression } from '../../../domain/task.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import { dossierMatter } from '../../fakes/dossier-matter.ts';
import { clock, view } from '../../fakes/console-views.ts';

const runId = '0193a1c2-41';
const estimate = (value: number) => ({ estimate: value, low: value - 1, high: value + 1 });
const report = {
  challenger: { rmse: estimate(98.76) },
  champion: { rmse: estimate(2123.456) },
  difference: { rmse: estimate(-2024.696) },
  discordant: { wins: 2, losses: 1 },
  labels: [],
  confusion: { challenger: [], champion: [] },
  flips: [
    {
      kind: 'fixed',
      predictionId: 'p1',
      label: '1581',
      champion: { label: '1112.24516606659', score: null },
      challenger: { label: '1560.253649711916', score: null },
    },
  ],
};

/** The made-up model, as one whose answers are numbers. */
function scene() {
  const world = consoleScene();
  const { rows } = world;
  const [declared] = rows.models;
  Object.assign(declared!.config, { task: regression({ tolerance: 80 }) });
  const looks = rows.evaluations.get(runId)!;
  looks.push({ ...looks.pop()!, report });
  return world;
}

function dossierOf(world: ReturnType<typeof scene>, change: object = {}) {
  const matter = dossierMatter(world, runId);
  return buildDossier({ ...matter, run: { ...matter.run, ...change } });
}

async function read(world: ReturnType<typeof scene>, path: string): Promise<string> {
  const answer = await world.app.request(path, {
    headers: { accept: 'text/html', authorization: 'Bearer the-token' },
  });
  const text = await answer.text();
  return text
    .replaceAll(/<svg.*?<\/svg>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

test.each([
  [1112.24516606659, '1,112'],
  [123_456.7, '123,457'],
  [12.3456, '12.35'],
  [-0.00421234, '−.004212'],
  [80, '80'],
  [0, '0'],
])('%s is written %s', (value, text) => expect(number(value)).toBe(text));

test('only where answers are numbers is a text written as one', () => {
  expect(sayAnswer('1560.253649711916', 'regression')).toBe('1,560');
  expect(sayAnswer('2024', 'classification')).toBe('2024');
  expect(sayAnswer('', 'regression')).toBe('');
  expect(sayAnswer('many', 'regression')).toBe('many');
});

test('a metric has one name everywhere', () => {
  expect(['r2', 'mae', 'rmse', 'macroF1', 'ece', 'logLoss', 'brier', 'accuracy'].map(metricName)).toEqual([
    'R²',
    'MAE',
    'RMSE',
    'Macro F1',
    'ECE',
    'Log loss',
    'Brier',
    'Accuracy',
  ]);
  expect(['rmse', 'macroF1', 'accuracy', 'r2'].map(metricInside)).toEqual([
    'RMSE',
    'macro F1',
    'accuracy',
    'R²',
  ]);
  expect(sayMetric('mae', 1234.5)).toBe('1,235');
  expect(sayMetric('r2', 0.74)).toBe('.740');
  expect(sayMetricChange('rmse', -12.345)).toBe('−12.35');
  expect(sayMetricChange('rmse', 12.345)).toBe('+12.35');
});

describe('where answers are numbers', () => {
  test('the page of a run holds metrics against each other, and confuses nothing', async () => {
    const words = await read(scene(), `/runs/${runId}`);
    expect(words).toContain('RMSE 2,123 98.76 −2,025');
    expect(words).not.toContain('made no mistake');
  });

  test('answers that change are written to four digits, beside what was true', async () => {
    expect(await read(scene(), `/runs/${runId}`)).toMatch(/is 1,581 v12 1,112 1,560/);
    const printed = printDossier(dossierOf(scene()), clock);
    expect(printed).toContain('1,112 → 1,560 (is 1,581)');
    expect(printed).toContain('RMSE: 2,123 [2,122, 2,124] → 98.76 [97.76, 99.76], −2,025 [−2,026, −2,024]');
  });

  test('the same in a comparison of versions', () => {
    const flip = { label: '1581', a: '1112.245', b: '1560.25', isRightIn: 'b' } as const;
    expect(sayFlip(flip, { task: 'regression' })).toEqual({ label: '1,581', a: '1,112', b: '1,560' });
    const [name, a] = sayComparedMetric({
      name: 'mae',
      a: estimate(2123.456),
      b: estimate(98.76),
      difference: estimate(-2024.7),
    });
    expect([name, a]).toEqual(['MAE', '2,123 [2,122, 2,124]']);
  });

  test('how far off is still right is said of the model, in its policy, on its dossier and in the fleet', async () => {
    const world = scene();
    const { config } = world.rows.models[0]!;
    expect(modelLede(view({ task: { kind: 'regression', labels: [], tolerance: 80 } }), clock).answer).toBe(
      'Steady: right within 80 in 86 of 100 cases over the last day.',
    );
    expect(sayPolicy(config, { objective: null, champion: null })[0]!.says[0]).toBe(
      'An answer is right within 80 of the true value.',
    );
    const dossier = dossierOf(world);
    const places = [{ slice: null, challenger: 0.85, champion: 0.74 }] as unknown as typeof dossier.places;
    expect(dossierLede({ ...dossier, places }).answer).toContain(
      'v13 is right within 80 in 85 of 100 cases, v12 now in 74.',
    );
    expect(await read(world, '/')).toContain('regression · within 80');
  });
});

test('what a decision holds for is said where somebody is asked', () => {
  const world = scene();
  expect(printDossier(dossierOf(world), clock)).toContain('A decision holds for');
  world.rows.stories.set(runId, []);
  expect(printDossier(dossierOf(world, { version: null }), clock)).not.toContain('A decision holds for');
});

test('settings say who is told what happens', async () => {
  expect(
    sayWebhook({ format: 'slack', types: ['driftloop.run.*', 'driftloop.rollout.*'], models: ['m'] }),
  ).toBe('Format slack, a message for people: driftloop.run.* and driftloop.rollout.*, of m.');
  const world = consoleScene();
  const hook = {
    name: 'ours',
    url: 'https://a.example',
    format: 'cloudevents',
    types: ['*'],
    tries: 8,
  } as const;
  const [applied] = world.rows.applied;
  world.rows.applied[0] = {
    ...applied!,
    config: { ...applied!.config, webhooks: [{ ...hook, types: ['*'] }] },
  };
  expect(await read(world, '/settings')).toContain(
    'ours Format cloudevents, CloudEvents as JSON: every event.',
  );
});
