import { expect, test } from 'vitest';
import { apart } from '../../../console/charts/happened-chart.tsx';

test('of names that would touch the newer one stays', () => {
  const names = [
    { version: 'v1', x: 10, y: 40 },
    { version: 'v2', x: 100, y: 40 },
    { version: 'v3', x: 106, y: 44 },
    { version: 'v4', x: 108, y: 90 },
  ];
  expect(apart(names).map(({ version }) => version)).toEqual(['v1', 'v3', 'v4']);
});
