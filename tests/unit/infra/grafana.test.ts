import { expect, test } from 'vitest';
import { roleMetrics } from '../../../domain/role-metrics.ts';
import { dashboards } from '../../../infra/grafana/dashboards.ts';
import { grafanaJson } from '../../../infra/grafana/panels.ts';
import type { Dashboard } from '../../../infra/grafana/panels.ts';
import { metricTable } from '../../../monitors/metrics/metric-table.ts';
import { recordedTable } from '../../../monitors/rules/recorded-table.ts';

type Placed = { title: string; gridPos: { x: number; y: number; w: number; h: number } };
const all: [string, Dashboard][] = Object.entries(dashboards);

test.each(all)(
  '%s asks only for series that there are, with labels that they have',
  (_, { panels, variables }) => {
    const tables = [
      ...Object.values(metricTable),
      ...Object.values(recordedTable),
      ...Object.values(roleMetrics),
    ];
    const labelsOf = new Map<string, readonly string[]>(tables.map(({ name, labels }) => [name, labels]));
    const chosen = new Set(['namespace', ...variables.map(({ name }) => name)]);
    const asked = [
      ...panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
      ...variables.map(({ of }) => of),
    ];
    for (const expr of asked) {
      for (const [, name, matchers = ''] of expr.matchAll(/(driftloop[_:][a-z0-9_:]+)(?:\{([^}]*)\})?/g)) {
        const labels = labelsOf.get(name!.replace(/_(bucket|sum|count)$/, ''));
        expect(labels, `${name} in ${expr}`).toBeDefined();
        for (const [, label] of matchers.matchAll(/(\w+)=/g))
          expect(['namespace', ...labels!], `${label} of ${name}`).toContain(label);
      }
      for (const [, variable] of expr.matchAll(/\$(\w+)/g))
        expect(variable === '__rate_interval' || chosen.has(variable!), `$${variable} in ${expr}`).toBe(true);
    }
  },
);

test.each(all)('%s: no panel lies on another, each says what is read out of it', (_, dashboard) => {
  const { panels } = grafanaJson(dashboard) as { panels: Placed[] };
  for (const { title, gridPos: a } of panels) {
    expect(a.x + a.w).toBeLessThanOrEqual(24);
    const over = panels.filter(
      ({ gridPos: b }) => a !== b && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
    );
    expect(over.map((other) => `${title} over ${other.title}`)).toEqual([]);
  }
  for (const { description, queries } of dashboard.panels) {
    expect(description).toMatch(/[.:]/);
    expect(queries.length).toBeGreaterThan(0);
  }
});

test('each dashboard has a name of its own', () => {
  expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(all.length);
});
