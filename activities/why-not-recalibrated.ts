import type { ModelConfig } from '../domain/model-config.ts';
import { triageOf } from '../domain/triage.ts';
import type { Version } from '../domain/version.ts';
import { describeVersion } from '../training/describe-version.ts';
import type { Ports } from './ports.ts';

/** Runs of one champion are the newest. */
const NEWEST_RUNS = 20;

/**
 * Why a champion is fine-tuned where its labels have shifted: it is a program, whose scores nobody can change but itself, or
 * it was recalibrated before and that came to nothing. Null where it can be recalibrated.
 */
export async function whyNotRecalibrated(
  { artifacts, runs }: Pick<Ports, 'artifacts' | 'runs'>,
  { name, task }: Pick<ModelConfig, 'name' | 'task'>,
  champion: Version,
): Promise<string | null> {
  const { kind, model } = await describeVersion(await artifacts.open(champion.digest));
  if (kind === 'command')
    return `what ${champion.version} is: a program of the team's makes its scores, and nothing can be added to them`;
  if (model.task.kind !== 'classification' || task.kind !== 'classification')
    return `the task, which is no classification`;
  if (model.task.labels.join('\n') !== task.labels.join('\n'))
    return `the config, whose labels are not those of ${champion.version}`;
  const since = Date.parse(champion.promotedAt ?? champion.createdAt);
  for (const { id, startedAt, outcome } of await runs.list({ model: name, limit: NEWEST_RUNS })) {
    if (Date.parse(startedAt) < since) break;
    if (outcome?.kind !== 'rejected' && outcome?.kind !== 'withdrawn') continue;
    if (triageOf(await runs.story(id))?.treatment === 'recalibrate')
      return `${id}, in which a recalibration of ${champion.version} came to nothing`;
  }
  return null;
}
