/** Pieces of Grafana dashboards (schema version 39), as plain JSON. */

const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export type Query = Readonly<{ expr: string; legend?: string }>;
export type Unit = 'short' | 'percentunit' | 's' | 'bytes' | 'reqps' | 'none';
type PanelKind = 'timeseries' | 'stat' | 'table';

export type Panel = Readonly<{
  kind: PanelKind;
  title: string;
  /** What a person reads out of it. */
  description: string;
  queries: readonly Query[];
  unit: Unit;
  /** Of 24 columns. */
  width: number;
  /** From this value on it is a warning, drawn as a line or a colour. */
  bound?: number;
  /** Of a table: which labels are columns, in their order. */
  columns?: readonly string[];
}>;

type Given = Omit<Panel, 'kind' | 'width' | 'unit'> & Partial<Pick<Panel, 'width' | 'unit'>>;

export const line = (panel: Given): Panel => ({ unit: 'short', width: 12, ...panel, kind: 'timeseries' });
export const stat = (panel: Given): Panel => ({ unit: 'short', width: 4, ...panel, kind: 'stat' });
export const table = (panel: Given): Panel => ({ unit: 'short', width: 24, ...panel, kind: 'table' });

const heights: Readonly<Record<PanelKind, number>> = { timeseries: 8, stat: 4, table: 8 };
const COLUMNS = 24;

/** A choice at the head of a dashboard: the values of a label among the series of `of`. */
export type Variable = Readonly<{ name: string; of: string; label?: string; all?: boolean }>;

export type Dashboard = Readonly<{
  uid: string;
  title: string;
  description: string;
  variables: readonly Variable[];
  panels: readonly Panel[];
}>;

/** A dashboard as Grafana reads it. Panels flow from left to right, and into the next row where one is full. */
export function grafanaJson({ uid, title, description, variables, panels }: Dashboard): object {
  let [x, y, rowHeight] = [0, 0, 0];
  const placed = panels.map((panel, i) => {
    const h = heights[panel.kind];
    if (x + panel.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { x, y, w: panel.width, h };
    x += panel.width;
    rowHeight = Math.max(rowHeight, h);
    return { id: i + 1, gridPos, ...panelJson(panel) };
  });
  return {
    uid,
    title,
    description,
    tags: ['driftloop'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, ...variables.map(variableJson)],
    },
    panels: placed,
  };
}

const variableJson = ({ name, of, label = name, all = false }: Variable) => ({
  name,
  type: 'query',
  datasource,
  query: { query: `label_values(${of}, ${label})`, refId: name },
  refresh: 2,
  sort: 1,
  includeAll: all,
  multi: all,
  ...(all ? { allValue: '.*', current: { text: 'All', value: '$__all' } } : {}),
});

function panelJson({ kind, title, description, queries, unit, bound, columns }: Panel): object {
  const steps = [
    { color: 'green', value: null },
    ...(bound === undefined ? [] : [{ color: 'red', value: bound }]),
  ];
  return {
    type: kind,
    title,
    description,
    datasource,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(kind === 'table' ? { format: 'table', instant: true } : {}),
      ...(kind === 'stat' ? { instant: true } : {}),
    })),
    fieldConfig: {
      defaults: {
        unit,
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'timeseries'
          ? {
              custom: {
                fillOpacity: 5,
                spanNulls: false,
                thresholdsStyle: { mode: bound === undefined ? 'off' : 'dashed' },
              },
            }
          : {}),
      },
      overrides: [],
    },
    options: optionsOf(kind),
    ...(columns === undefined ? {} : { transformations: transformationsOf(columns) }),
  };
}

function optionsOf(kind: PanelKind): object {
  switch (kind) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom' },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return { colorMode: 'value', reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'auto' };
    case 'table':
      return { showHeader: true };
    default:
      return kind satisfies never;
  }
}

/** One row for each set of labels, the values of all queries beside each other. */
const transformationsOf = (columns: readonly string[]) => [
  { id: 'merge', options: {} },
  {
    id: 'organize',
    options: {
      excludeByName: {
        Time: true,
        __name__: true,
        namespace: true,
        alertstate: true,
        instance: true,
        job: true,
      },
      indexByName: Object.fromEntries(columns.map((name, i) => [name, i])),
      renameByName: {},
    },
  },
];
