import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import { entityOf } from '../../../../domain/entity.ts';
import { partitionForLife } from '../../../../monitors/ingest/partition-for-life.ts';

const config = (holdoutShare: number) =>
  parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' }, y: { kind: 'category', values: ['p', 'q'] } },
        entity: 'household',
        retrain: { holdoutShare },
      },
    ],
  }).models[0]!;
const model = { config: config(0.1), salt: 'salt' };

test('one entity is on one side, whatever its input', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ noNaN: true }), fc.double({ noNaN: true }), (entity, a, b) => {
      const sides = [a, b].map((x) => partitionForLife(model, { entity, input: { x } }));
      expect(sides[0]).toBe(sides[1]);
    }),
  );
});

test('without an entity, the same row is on one side however it is written', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const one = partitionForLife(model, { entity: null, input: { x, y: null } });
      const other = partitionForLife(model, { entity: null, input: { undeclared: 7, x } });
      expect(one).toBe(other);
    }),
  );
});

test('the share of held-out entities is the declared one', () => {
  const n = 20_000;
  for (const holdoutShare of [0.1, 0.5]) {
    const given = { config: config(holdoutShare), salt: 'salt' };
    let held = 0;
    for (let i = 0; i < n; i += 1)
      if (partitionForLife(given, { entity: `e${i}`, input: {} }) === 'holdout') held += 1;
    // Four standard deviations.
    expect(Math.abs(held / n - holdoutShare)).toBeLessThan(
      4 * Math.sqrt((holdoutShare * (1 - holdoutShare)) / n),
    );
  }
});

test('another model holds out other entities', () => {
  const other = { config: model.config, salt: 'another' };
  const sides = Array.from({ length: 2_000 }, (_, i) => {
    const row = { entity: `e${i}`, input: {} };
    return [partitionForLife(model, row), partitionForLife(other, row)];
  });
  const both = sides.filter(([a, b]) => a === 'holdout' && b === 'holdout').length;
  const one = sides.filter(([a]) => a === 'holdout').length;
  expect(both).toBeLessThan(one / 2);
});

test('the entity is a field of the context; where it is missing, or is no name, there is none', () => {
  expect(entityOf(model.config, { household: 'h' })).toBe('h');
  expect(entityOf(model.config, { household: 12 })).toBe('12');
  expect(entityOf(model.config, { household: null })).toBe(null);
  expect(entityOf(model.config, {})).toBe(null);
  expect(entityOf(model.config, undefined)).toBe(null);
  expect(entityOf({}, { household: 'h' })).toBe(null);
});
