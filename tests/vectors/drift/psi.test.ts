import { describe, expect, test } from 'vitest';
import { binShares, psi, quantileEdges } from '../../../statistics/shares.ts';
import { expectClose, idsOf, needsVectors, readVector } from './vector.ts';

type Case = { edges: number[]; ref_fraction: number[]; cur_fraction: number[]; psi: number };
type Input = { reference: number[]; current: number[] };

describe.skipIf(needsVectors().skip)('PSI in our own convention', () => {
  test('there are cases to look at', () => {
    expect(idsOf('psi--').length).toBeGreaterThan(3);
  });

  test.each(idsOf('psi--'))('%s', (id) => {
    const { input, expected } = readVector<Input, Record<'quantile_10' | 'quantile_20', Case>>(id);
    for (const bins of [10, 20] as const) {
      const wanted = expected[`quantile_${bins}`];
      const edges = quantileEdges(input.reference, bins);
      expect(edges).toHaveLength(wanted.edges.length);
      edges.forEach((edge, i) => expectClose(edge, wanted.edges[i]!, { abs: 1e-12 }, `edge ${i}`));
      const [reference, current] = [binShares(input.reference, edges), binShares(input.current, edges)];
      reference.forEach((share, i) => expectClose(share, wanted.ref_fraction[i]!, { abs: 1e-12 }));
      current.forEach((share, i) => expectClose(share, wanted.cur_fraction[i]!, { abs: 1e-12 }));
      expectClose(psi(reference, current), wanted.psi, { rel: 1e-9, abs: 1e-10 });
    }
  });
});
