import type { Total, TotalKind } from '../../domain/ingest-ports.ts';

/** A count of the kind that was asked for. */
export type Cell = Readonly<{ a: string; b: string; partition: string; value: number }>;

export type CountedCells = Readonly<{
  /** Every `a` that was counted under a kind. */
  counted(kind: TotalKind): Iterable<string>;
  /** Of one `a`: each `b` in each partition, 0 where nothing was counted; and whatever else was counted. */
  of(kind: TotalKind, a: string, bs: readonly string[], partitions: readonly string[]): Cell[];
}>;

/** The totals of one version, found by kind and `a` without another pass over all of them. */
export function indexTotals(totals: readonly Total[]): CountedCells {
  const index = new Map<TotalKind, Map<string, Total[]>>();
  for (const total of totals) {
    const byA = index.get(total.kind) ?? new Map<string, Total[]>();
    index.set(total.kind, byA);
    const same = byA.get(total.a);
    if (same === undefined) byA.set(total.a, [total]);
    else same.push(total);
  }
  return {
    counted: (kind) => index.get(kind)?.keys() ?? [],
    of(kind, a, bs, partitions) {
      const cells = new Map<string, Cell>();
      const key = (b: string, partition: string) => `${partition} ${b}`;
      for (const b of bs) {
        for (const partition of partitions) cells.set(key(b, partition), { a, b, partition, value: 0 });
      }
      for (const { b, partition, value } of index.get(kind)?.get(a) ?? []) {
        cells.set(key(b, partition), { a, b, partition, value });
      }
      return [...cells.values()];
    },
  };
}
