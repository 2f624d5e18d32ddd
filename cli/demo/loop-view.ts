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
import { answeredShare } from '../../domain/version.ts';
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

/** `newest`: of runs and of alerts, so many at most. */
export async function readLoop(stores: LoopStores, model: string, newest: number): Promise<LoopView> {
  const [route, versions, runs, alerts] = await Promise.all([
    stores.routes.get(model),
    stores.versions.list(model),
    stores.runs.list({ model, limit: newest }),
    stores.alerts.list({ model, limit: newest }),
  ]);
  const [run] = runs;
  const [story, evaluations] = run
    ? await Promise.all([stores.runs.story(run.id), stores.runs.evaluations(run.id)])
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

/** Everything in a view that is worth a line of its own, oldest first. */
export function happenings({ alerts, runs, story }: LoopView): Happening[] {
  const told: Happening[] = alerts
    .filter(({ labels }) => labels['level'] !== 'suspected')
    .sort((a, b) => a.startsAt.localeCompare(b.startsAt))
    .map((alert) => ({
      id: `alert ${alertId(alert)}`,
      at: alert.receivedAt,
      kind: 'alert',
      sentence: `${alert.alertname}: ${alertSentence(alert)}`,
    }));
  /** Its story tells the reason and the end of a run once more, in the same words. */
  const ofRun = (runId: string, at: string, sentence: string, kind: Happening['kind'] = 'run') =>
    told.push({ id: `${runId} ${sentence}`, at, kind, sentence });
  for (const { id, startedAt, endedAt, trigger, outcome } of runs) {
    ofRun(id, startedAt, trigger.reason);
    if (outcome !== null && endedAt !== null)
      ofRun(id, endedAt, outcome.sentence, outcome.kind === 'promoted' ? 'promotion' : 'run');
  }
  const newest = runs[0];
  if (newest) for (const { at, sentence } of story) ofRun(newest.id, at, sentence);
  return told.sort((a, b) => a.at.localeCompare(b.at));
}

/** Regret that comes again is news; inputs that swing around a bound are told once of each champion. */
const alertId = ({ alertname, labels, startsAt }: AlertRow): string =>
  `${alertname} ${labels['version'] ?? ''} ${labels['kind'] === 'regret' ? startsAt : ''}`;

/** What the rule says of itself, with its values. */
export const alertSentence = ({ annotations }: Pick<AlertRow, 'annotations'>): string =>
  annotations['sentence'] ?? annotations['summary'] ?? 'firing';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Who answers what, in a sentence. */
export const sayRoute = ({ champion, challenger }: Route): string =>
  challenger && answeredShare(challenger) > 0
    ? `${challenger.version} answers ${percent(answeredShare(challenger))} of the traffic, ${champion.version} the rest.`
    : `${champion.version} answers all traffic.`;
