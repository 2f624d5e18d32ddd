import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { EvaluationRow, RunEvent } from '../../domain/ports.ts';
import type { Run, TrainingProgress } from '../../domain/run.ts';

/**
 * A run as MLflow's file store keeps it, so that `mlflow ui --backend-store-uri ./mlruns` and its client read it: a folder
 * for each experiment (the model), in it one for each run, in it a file for each param, tag and metric.
 *
 * Source: https://github.com/mlflow/mlflow/blob/master/mlflow/store/tracking/file_store.py
 */
export type RecordedRun = Readonly<{
  namespace: string;
  run: Run;
  progress: readonly (TrainingProgress & { at: string })[];
  looks: readonly (EvaluationRow & { at: string })[];
  story: readonly (RunEvent & { at: string })[];
  /** Of its version, beside what the run itself says. */
  params: Readonly<Record<string, unknown>>;
}>;

export type MlflowFiles = Readonly<{
  /** The folders, as paths inside mlruns. */
  experiment: string;
  run: string;
  /** Texts by their paths inside mlruns. */
  files: Readonly<Record<string, string>>;
}>;

/** `RunStatus` of MLflow. */
const status = { running: 1, finished: 3, failed: 4 } as const;
/** `SourceType` of MLflow: none of those that it knows. */
const SOURCE_UNKNOWN = 4;

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

export function mlflowFiles(recorded: RecordedRun, place: (inMlruns: string) => string): MlflowFiles {
  const { namespace, run, looks, story } = recorded;
  // The same model is the same experiment, and the same run the same run, however often they are written.
  const experimentId = String(BigInt(`0x${hash(`${namespace}/${run.model}`).slice(0, 14)}`));
  const runId = hash(`${namespace}/${run.id}`).slice(0, 32);
  const folder = `${experimentId}/${runId}`;
  const begun = Date.parse(run.startedAt);
  const ended = run.endedAt === null ? null : Date.parse(run.endedAt);
  const experiment = {
    artifact_location: place(experimentId),
    creation_time: begun,
    experiment_id: experimentId,
    last_update_time: ended ?? begun,
    lifecycle_stage: 'active',
    name: `${namespace}/${run.model}`,
  };
  const meta = {
    artifact_uri: place(`${folder}/artifacts`),
    end_time: ended,
    entry_point_name: '',
    experiment_id: experimentId,
    lifecycle_stage: 'active',
    run_id: runId,
    run_name: run.id,
    run_uuid: runId,
    source_name: '',
    source_type: SOURCE_UNKNOWN,
    source_version: '',
    start_time: begun,
    status:
      run.outcome === null ? status.running : run.outcome.kind === 'failed' ? status.failed : status.finished,
    tags: [],
    user_id: run.trigger.by ?? 'driftloop',
  };
  const under = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, text]) => [`${folder}/${kind}/${nameOf(name)}`, text] as const);
  const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    experiment: experimentId,
    run: folder,
    files: Object.fromEntries([
      [`${experimentId}/meta.yaml`, stringify(experiment)],
      [`${folder}/meta.yaml`, stringify(meta)],
      ...under('params', paramsOf(recorded)),
      ...under('tags', tagsOf(recorded)),
      ...under('metrics', metricsOf(recorded)),
      [`${folder}/artifacts/story.json`, pretty(story)],
      ...looks.map((look) => [`${folder}/artifacts/gate/look-${look.look}.json`, pretty(look)] as const),
    ]),
  };
}

/** What MLflow takes for a name; a slash makes a group of it. */
const nameOf = (name: string): string =>
  name
    .replaceAll(/[^\w\-./ ]/g, '_')
    .split('/')
    .map((part) => (/^\.*$/.test(part) ? `_${part}` : part))
    .join('/');

const paramsOf = ({ run, params }: RecordedRun): Record<string, string> => ({
  trigger: run.trigger.kind,
  config: run.configDigest,
  ...Object.fromEntries(leaves(params).map(([name, value]) => [name, String(value)])),
});

function tagsOf({ namespace, run, looks }: RecordedRun): Record<string, string> {
  const { id, model, version, outcome, trigger } = run;
  const verdict = run.verdict ?? looks.at(-1)?.verdict ?? null;
  return {
    'mlflow.runName': id,
    'mlflow.user': trigger.by ?? 'driftloop',
    'mlflow.note.content': [trigger.reason, verdict?.sentence, outcome?.sentence]
      .filter(Boolean)
      .join('\n\n'),
    'driftloop.namespace': namespace,
    'driftloop.model': model,
    'driftloop.run': id,
    ...(version === null ? {} : { 'driftloop.version': version }),
    ...(verdict === null ? {} : { 'driftloop.verdict': verdict.kind }),
    ...(outcome === null ? {} : { 'driftloop.outcome': outcome.kind }),
  };
}

/** Lines of `milliseconds value step`. */
function metricsOf({ run, progress, looks }: RecordedRun): Record<string, string> {
  const points = new Map<string, string[]>();
  const add = (name: string, at: string, value: unknown, step: number) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    points.set(name, [...(points.get(name) ?? []), `${Date.parse(at)} ${value} ${step}`]);
  };
  for (const { at, step, ...said } of progress) {
    add('training/loss', at, said.trainLoss, step);
    add('training/validation loss', at, said.validationLoss, step);
    add('training/learning rate', at, said.learningRate, step);
    add('training/examples per second', at, said.examplesPerSecond, step);
    add('training/memory MB', at, said.memoryMb, step);
    add('training/epoch', at, said.epoch, step);
  }
  for (const { at, look, rows, report } of looks) {
    add('gate/rows', at, rows, look);
    for (const [name, value] of leaves(report)) add(`gate/${name}`, at, value, look);
  }
  if (run.endedAt !== null) add('training/seconds', run.endedAt, run.trainSeconds, 0);
  return Object.fromEntries([...points].map(([name, lines]) => [name, `${lines.join('\n')}\n`]));
}

/** Every value of an object with its path; lists are left to the artifacts, where they are whole. */
function leaves(value: unknown, path = ''): [string, string | number | boolean][] {
  if (value === null || value === undefined || Array.isArray(value)) return [];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`));
  return [[path, value as string | number | boolean]];
}
