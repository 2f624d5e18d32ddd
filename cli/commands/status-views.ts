import type { ModelView } from '../../console/model-view.ts';
import { fleetLede } from '../../console/fleet-sentences.ts';
import { markRun } from '../../console/run-state.ts';
import { inMotion, modelLede, waiting } from '../../console/sentences.ts';
import type { Clock } from '../../console/times.ts';
import { count, rate } from '../../console/wording.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

const urgency = { worse: 0, suspected: 1, unknown: 2, steady: 3 } as const;

/** One screen: does anything need me? The sentences are those of the console's pages. */
export function showStatus(models: readonly ModelView[], clock: Clock): Answer {
  const { answer, why } = fleetLede(models);
  const byUrgency = models.toSorted(
    (a, b) =>
      Math.sign(waiting(b).length - waiting(a).length) || urgency[a.health.word] - urgency[b.health.word],
  );
  const said = byUrgency.map((model) => ({ model, lede: modelLede(model, clock), run: inMotion(model) }));
  const rows = said.map(({ model, run }) => [
    model.name,
    `${model.health.word}${model.paused ? ', paused' : ''}`,
    accuracyOf(model),
    model.champion?.version ?? 'none yet',
    run === null ? 'nothing' : markRun(run, model.challenger?.share ?? null).word,
    count(model.labelled),
  ]);
  const waits = byUrgency.flatMap((model) => waiting(model))[0];
  return {
    json: {
      answer,
      why,
      models: said.map(({ model, lede, run }) => ({
        model: model.name,
        health: model.health.word,
        paused: model.paused,
        champion: model.champion?.version ?? null,
        challenger: model.challenger,
        accuracy: model.live.state === 'answers' ? model.live.accuracy : null,
        labelled: model.labelled,
        run: run === null ? null : { id: run.id, phase: run.phase },
        waits: waiting(model).map(({ id }) => id),
        ...lede,
      })),
    },
    text: [
      [answer, why].filter((text) => text !== '').join(' '),
      ...(models.length === 0
        ? []
        : ['', table([['MODEL', 'HEALTH', 'ACCURACY', 'CHAMPION', 'IN MOTION', 'LABELS'], ...rows]), '']),
      ...said.map(({ model, lede }) => `${model.name}: ${lede.answer} ${lede.why}`.trimEnd()),
    ].join('\n'),
    next:
      waits === undefined
        ? said[0] === undefined
          ? 'driftloop apply'
          : `driftloop model show ${said[0].model.name}`
        : `driftloop run show ${waits.id} --dossier`,
  };
}

const accuracyOf = ({ live }: ModelView): string =>
  live.state === 'answers' && live.accuracy !== null ? rate(live.accuracy) : 'not known';
