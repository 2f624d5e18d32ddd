import type { ModelView } from './model-view.ts';
import { markRun } from './run-state.ts';
import type { Mark } from './run-state.ts';

/** Something that has happened to a model, in a sentence that begins with its name. */
export type Happening = Readonly<{ at: string; model: string; text: string }> & Pick<Mark, 'icon' | 'tone'>;

/** What happened to models, the newest first: runs, alerts, and whoever made a version champion by hand. */
export const happenings = (models: readonly ModelView[]): Happening[] =>
  models
    .flatMap((model) => [...ofRuns(model), ...ofHands(model), ...ofAlerts(model)])
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));

const ofRuns = ({ name: model, runs }: ModelView): Happening[] =>
  runs.flatMap((run): Happening[] => {
    const { icon, tone } = markRun(run);
    const { startedAt, endedAt, outcome, trigger } = run;
    return [
      { at: startedAt, model, icon: 'runs', tone: 'plain', text: `began a run: ${trigger.reason}` },
      ...(endedAt === null || outcome === null
        ? []
        : [{ at: endedAt, model, icon, tone, text: outcome.sentence }]),
    ];
  });

/** Of those that a run made champion its end tells. */
const ofHands = ({ name: model, takeovers }: ModelView): Happening[] =>
  takeovers.flatMap(({ at, version, by, because, runId }, i): Happening[] => {
    if (runId !== null) return [];
    const from = takeovers[i + 1]?.version;
    const over = from === undefined ? '' : ` from ${from}`;
    return [
      {
        at,
        model,
        icon: from === undefined ? 'ok' : 'back',
        tone: 'plain',
        text: `${version} took over${over}, by ${by}: ${because}`,
      },
    ];
  });

const ofAlerts = ({ name: model, alerts }: ModelView): Happening[] =>
  alerts
    .filter(({ labels }) => labels['level'] === 'detected')
    .map(({ startsAt, annotations, alertname }) => ({
      at: startsAt,
      model,
      icon: 'alert',
      tone: 'plain',
      text: annotations['sentence'] ?? alertname,
    }));
