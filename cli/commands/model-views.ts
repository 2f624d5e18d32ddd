import { counted } from '../../console/wording.ts';
import type { ModelStanding } from '../operate/model.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** What `model show` prints. */
export function showModel(model: ModelStanding): Answer {
  const { name, champion, labelled, regret, mode, config, budget, alarmBudget, versions, runs } = model;
  const text = [
    `${name}: champion ${champion ?? 'none yet'}, ${counted(labelled, 'labelled row')}, regret ${regret?.toFixed(1) ?? 'unknown'} of ${config.retrain.price} errors, mode ${mode}.`,
    ...(budget === null ? [] : [budget.sentence]),
    ...(alarmBudget === null ? [] : [alarmBudget.sentence]),
    '',
    table([
      ['VERSION', 'ROLE', 'ON TEST', 'CREATED'],
      ...versions.map((v) => [v.version, v.role, v.accuracyOnTest?.toFixed(3) ?? 'unknown', v.createdAt]),
    ]),
    '',
    table([
      ['RUN', 'TRIGGER', 'PHASE', 'STARTED', 'OUTCOME'],
      ...runs.map((r) => [r.id, r.trigger.kind, r.phase, r.startedAt, r.outcome?.kind ?? '']),
    ]),
  ].join('\n');
  return {
    json: model,
    text,
    next: champion
      ? `driftloop run list ${name}`
      : `driftloop model bootstrap ${name} --data FILE --label COLUMN`,
  };
}
