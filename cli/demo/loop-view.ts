import type {
  AlertRow,
  AlertStore,
  EvaluationRow,
  RouteStore,
  RunEvent,
  RunStore,
  VersionStore,
} from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import type { Route, Version } from '../../domain/version.ts';

export type LoopStores = { versions: VersionStore; routes: RouteStore; runs: RunStore; alerts: AlertStore };

/** What the loop of one model is doing, in one look at the stores. */
export type LoopView = {
  route: Route | null;
  versions: Version[];
  /** Newest first. */
  runs: Run[];
  alerts: (AlertRow & { receivedAt: string })[];
  /** The story of the newest run, and the gate's latest look at it. */
  story: (RunEvent & { at: string })[];
  evaluation: EvaluationRow | null;
};

const runsKept = 100;

export async function readLoop(stores: LoopStores, model: string): Promise<LoopView> {
  const [route, versions, runs, alerts] = await Promise.all([
    stores.routes.get(model),
    stores.versions.list(model),
    stores.runs.list({ model, limit: runsKept }),
    stores.alerts.list({ model, limit: runsKept }),
  ]);
  const newest = runs[0];
  const [story, evaluations] = newest
    ? await Promise.all([stores.runs.story(newest.id), stores.runs.evaluations(newest.id)])
    : [[], []];
  return { route, versions, runs, alerts, story, evaluation: evaluations.at(-1) ?? null };
}

/** Something that happened, once: `id` tells it from what was told before. */
export type Happening = {
  id: string;
  at: string;
  kind: 'alert' | 'run' | 'promotion';
  sentence: string;
};

/** Everything in a view that is worth a line of its own, oldest first. What says the same again is left out. */
export function happenings({ alerts, runs, story }: LoopView): Happening[] {
  const told: Happening[] = alerts.map((alert) => ({
    id: `alert ${alert.fingerprint} ${alert.startsAt}`,
    at: alert.receivedAt,
    kind: 'alert',
    sentence: `${alert.alertname}: ${alertSentence(alert)}`,
  }));
  for (const { id, startedAt, endedAt, trigger, outcome } of runs) {
    told.push({ id: `run ${id}`, at: startedAt, kind: 'run', sentence: `A run began. ${trigger.reason}` });
    if (outcome === null || endedAt === null) continue;
    const kind = outcome.kind === 'promoted' ? 'promotion' : 'run';
    told.push({ id: `end ${id}`, at: endedAt, kind, sentence: outcome.sentence });
  }
  const newest = runs[0];
  const said = new Set([newest?.trigger.reason, newest?.outcome?.sentence]);
  for (const { key, at, sentence } of newest ? story : []) {
    if (!said.has(sentence)) told.push({ id: `story ${newest!.id} ${key}`, at, kind: 'run', sentence });
  }
  return told.sort((a, b) => a.at.localeCompare(b.at));
}

/** What the rule says of itself, with its values. */
export const alertSentence = ({ annotations }: Pick<AlertRow, 'annotations'>): string =>
  annotations['sentence'] ?? annotations['summary'] ?? 'firing';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Who answers what, in a sentence. */
export const sayRoute = ({ champion, challenger }: Route): string =>
  challenger && challenger.share > 0
    ? `${challenger.version} answers ${percent(challenger.share)} of the traffic, ${champion.version} the rest.`
    : `${champion.version} answers all traffic.`;
