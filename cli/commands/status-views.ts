import type { ModelView } from '../../console/model-view.ts';
import { markRun } from '../../console/run-state.ts';
import { inMotion } from '../../console/sentences.ts';
import type { Clock } from '../../console/times.ts';
import { count, rate } from '../../console/wording.ts';
import { byUrgency, statusOf } from '../operate/status.ts';
import type { Status } from '../operate/status.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** One screen: does anything need me? The sentences are those of the console's pages. */
export function showStatus(views: readonly ModelView[], clock: Clock): Answer<Status> {
  const status = statusOf(views, clock);
  const { answer, why, models } = status;
  const rows = byUrgency(views).map((model) => {
    const run = inMotion(model);
    return [
      model.name,
      `${model.health.word}${model.paused ? ', paused' : ''}`,
      accuracyOf(model),
      model.champion?.version ?? 'none yet',
      run === null ? 'nothing' : markRun(run, model.challenger?.share ?? null).word,
      count(model.labelled),
    ];
  });
  const [waits] = models.flatMap((model) => model.waits);
  const [first] = models;
  return {
    json: status,
    text: [
      [answer, why].filter((text) => text !== '').join(' '),
      ...(models.length === 0
        ? []
        : ['', table([['MODEL', 'HEALTH', 'ACCURACY', 'CHAMPION', 'IN MOTION', 'LABELS'], ...rows]), '']),
      ...models.map((model) => `${model.model}: ${model.answer} ${model.why}`.trimEnd()),
    ].join('\n'),
    next:
      waits === undefined
        ? first === undefined
          ? 'driftloop apply'
          : `driftloop model show ${first.model}`
        : `driftloop run show ${waits} --dossier`,
  };
}

const accuracyOf = ({ live }: ModelView): string =>
  live.state === 'answers' && live.accuracy !== null ? rate(live.accuracy) : 'not known';
