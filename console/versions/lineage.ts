import type { RouteStore, RunStore, SnapshotStore, VersionStore } from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import type { Route, Version } from '../../domain/version.ts';
import { answeredShare } from '../../domain/version.ts';
import type { Mark } from '../run-state.ts';
import { count, lasting, percent } from '../wording.ts';

/** The way of a version from data to traffic. */
export type LineageRow = Readonly<{
  version: Version;
  /** The run that made it, or the newest in which it was tried; null where a person brought it. */
  run: Run | null;
  steps: readonly LineageStep[];
}>;

export const stations = ['Data', 'Training', 'Version', 'Gate', 'Rollout', 'Traffic'] as const;
export type Station = (typeof stations)[number];

/** A station that it has reached, and what it found there. */
export type LineageStep = Readonly<{ at: Station; mark: Mark; says: string }>;

export type LineagePorts = {
  versions: Pick<VersionStore, 'list'>;
  runs: Pick<RunStore, 'list'>;
  snapshots: Pick<SnapshotStore, 'get'>;
  routes: Pick<RouteStore, 'get'>;
};

/** Newest versions that are drawn; the rest stand in the table alone. */
const DRAWN = 10;

/** Every version with its way, newest first. */
export async function gatherLineage(ports: LineagePorts, model: string): Promise<LineageRow[]> {
  const [versions, runs, route] = await Promise.all([
    ports.versions.list(model),
    ports.runs.list({ model, limit: 200 }),
    ports.routes.get(model),
  ]);
  const newest = versions.toSorted((a, b) => b.number - a.number);
  return Promise.all(
    newest.map(async (version, i) => {
      const run =
        runs.find(({ id }) => id === version.runId) ??
        runs.find((one) => one.version === version.version) ??
        null;
      const { snapshotId } = version;
      const snapshot = i < DRAWN && snapshotId !== null ? await ports.snapshots.get(snapshotId) : null;
      return { version, run, steps: stepsOf(version, run, route, snapshot?.rows['train'] ?? null) };
    }),
  );
}

const done = (word: string): Mark => ({ icon: 'ok', tone: 'ok', word });
const plain = (word: string): Mark => ({ icon: 'planned', tone: 'plain', word });

/** As far as it has come: the last station says why it went no further. */
function stepsOf(version: Version, run: Run | null, route: Route | null, rows: number | null): LineageStep[] {
  const { parent, trainSeconds } = version;
  return [
    {
      at: 'Data',
      mark: plain('Data'),
      says: rows === null ? (run === null ? 'by hand' : 'not kept') : `${count(rows)} rows`,
    },
    {
      at: 'Training',
      mark: plain('Training'),
      says: [
        parent === null ? 'from scratch' : `after ${parent}`,
        trainSeconds === null ? '' : lasting(trainSeconds * 1_000),
      ]
        .filter((text) => text !== '')
        .join(', '),
    },
    { at: 'Version', mark: plain('Version'), says: version.version },
    ...furtherOf(version, run, route),
  ];
}

function furtherOf(version: Version, run: Run | null, route: Route | null): LineageStep[] {
  const gate = gateOf(version, run);
  if (gate === null) return [];
  const traffic = trafficOf(version, route);
  const rollout = rolloutOf(version, run, route);
  return [gate, ...(rollout === null ? [] : [rollout]), ...(traffic === null ? [] : [traffic])];
}

function gateOf(version: Version, run: Run | null): LineageStep | null {
  const at = 'Gate';
  if (version.forced !== undefined)
    return {
      at,
      mark: { icon: 'person', tone: 'you', word: 'Forced' },
      says: `forced by ${version.forced.by}`,
    };
  const said = run?.verdict?.kind;
  if (said === undefined)
    return version.promotedAt === null ? null : { at, mark: plain('No gate'), says: 'first, or by hand' };
  switch (said) {
    case 'promote':
      return { at, mark: done('Promoted'), says: 'promoted' };
    case 'reject':
      return { at, mark: { icon: 'rejected', tone: 'bad', word: 'Rejected' }, says: 'rejected' };
    case 'hold':
      return { at, mark: { icon: 'held', tone: 'warn', word: 'Held' }, says: 'held' };
    default:
      return said satisfies never;
  }
}

function rolloutOf(
  { version, promotedAt }: Version,
  run: Run | null,
  route: Route | null,
): LineageStep | null {
  const at = 'Rollout';
  if (route?.challenger?.version === version)
    return {
      at,
      mark: { icon: 'running', tone: 'plain', word: 'On trial' },
      says: route.challenger.mode === 'shadow' ? 'in the shadow' : percent(answeredShare(route.challenger)),
    };
  if (promotedAt !== null) return { at, mark: done('Rolled out'), says: 'took over' };
  return run?.outcome?.kind === 'withdrawn'
    ? { at, mark: { icon: 'rejected', tone: 'bad', word: 'Withdrawn' }, says: 'withdrawn' }
    : null;
}

function trafficOf({ version, promotedAt }: Version, route: Route | null): LineageStep | null {
  const at = 'Traffic';
  if (route?.champion.version === version) return { at, mark: done('Champion'), says: 'answers now' };
  return promotedAt === null ? null : { at, mark: plain('Retired'), says: 'answered once' };
}

/** Those that are drawn. */
export const drawn = (rows: readonly LineageRow[]): readonly LineageRow[] => rows.slice(0, DRAWN);
