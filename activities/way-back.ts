import { checkOutputs } from '../domain/check-output.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ArtifactStore, ExampleStore, Predictor, RecordedAnswer } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';
import type { Version } from '../domain/version.ts';
import type { Ports } from './ports.ts';

/** Rows of each kind that the way back is asked. */
const ROWS = 100;
/** Of the answers that it has given before, so many may come out otherwise: other hardware rounds otherwise. */
const DIFFERING_AT_MOST = 0.05;

/** What a version did before it was trusted with production. */
export type Proof = {
  /** Rows that production has asked last, and those that it had answered itself while it served. */
  recent: number;
  recorded: number;
  differing: number;
  loadSeconds: number;
  answerSeconds: number;
};

/**
 * The version that production goes back to: the one that is named, else the last that served healthily.
 *
 * @throws DL_SERVED_OUTSIDE, DL_NO_EARLIER_CHAMPION, DL_VERSION_NEVER_SERVED
 */
export async function findWayBack(
  stores: Pick<Ports, 'models' | 'routes' | 'versions'>,
  model: string,
  version?: string,
): Promise<{ config: ModelConfig; target: Version }> {
  const { config } = await stores.models.get(model);
  if (config.serving.kind === 'outside') throw servedOutside(model);
  const to = version ?? (await stores.routes.previousChampion(model));
  if (to === null) throw noEarlierChampion(model);
  const target = await stores.versions.get(model, to);
  if (target.promotedAt === null) throw neverServed(model, to);
  return { config, target };
}

/**
 * Loads the version in a process of its own, and has it answer what production has asked last and what it had answered
 * itself. Nothing of production is touched.
 *
 * @throws DL_WAY_BACK_BROKEN where it gives no answer, one that can be none, or others than it gave; what loading throws
 */
export async function proveWayBack(
  {
    examples,
    artifacts,
    predictor,
  }: {
    examples: Pick<ExampleStore, 'recentInputs' | 'recordedAnswers'>;
    artifacts: Pick<ArtifactStore, 'open'>;
    predictor: Pick<Predictor, 'load' | 'predict'>;
  },
  { config, target: { model, version, digest } }: { config: ModelConfig; target: Version },
): Promise<Proof> {
  const began = performance.now();
  await predictor.load(digest, await artifacts.open(digest));
  const loaded = performance.now();
  const [recent, recorded] = await Promise.all([
    examples.recentInputs(model, ROWS),
    examples.recordedAnswers(model, version, ROWS),
  ]);
  const asked = [...recent, ...recorded.map(({ input }) => input)];
  const asking = performance.now();
  const outputs = asked.length === 0 ? [] : await predictor.predict(digest, asked);
  const answered = performance.now();
  try {
    checkOutputs(version, config.task, outputs);
  } catch (cause) {
    throw broken(model, version, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (outputs.length !== asked.length)
    throw broken(model, version, `it answered ${outputs.length} of ${asked.length} rows`);
  const differing = countDiffering(recorded, outputs.slice(recent.length));
  if (differing > DIFFERING_AT_MOST * recorded.length)
    throw broken(model, version, `it answers ${differing} of ${recorded.length} rows otherwise than it did`);
  return {
    recent: recent.length,
    recorded: recorded.length,
    differing,
    loadSeconds: seconds(loaded - began),
    answerSeconds: seconds(answered - asking),
  };
}

/** How many labels are not those of before. Only labels are recorded; what answers otherwise has nothing recorded. */
export const countDiffering = (recorded: readonly RecordedAnswer[], outputs: readonly AnyOutput[]): number =>
  recorded.filter(({ label }, i) => {
    const output = outputs[i];
    return output !== undefined && 'label' in output && output.label !== label;
  }).length;

export const sayProof = ({ recent, recorded, differing, loadSeconds, answerSeconds }: Proof): string => {
  const asWhenServing =
    recorded === 0 ? '' : ` and ${recorded - differing} of ${recorded} as it did when it served`;
  return recent + recorded === 0
    ? `It loads in ${loadSeconds} s; no row is left that it could be asked.`
    : `It loads in ${loadSeconds} s and answers ${recent} recent rows${asWhenServing} in ${answerSeconds} s.`;
};

const seconds = (ms: number): number => Math.round(ms) / 1_000;

const broken = (model: string, version: string, why: string, cause?: unknown) =>
  new DriftloopError(
    'DL_WAY_BACK_BROKEN',
    `${version} of ${model} cannot take over: ${why}. Nothing was moved.`,
    { fix: `Name another version: driftloop version list ${model}`, cause },
  );

const noEarlierChampion = (model: string) =>
  new DriftloopError('DL_NO_EARLIER_CHAMPION', `${model} has no earlier champion that served healthily.`, {
    fix: `Name one: driftloop version rollback ${model} VERSION; driftloop version list ${model} shows which have been champion.`,
  });

const servedOutside = (model: string) =>
  new DriftloopError('DL_SERVED_OUTSIDE', `${model} is served by its team's own server, not by Driftloop.`, {
    fix: 'Let that server answer with the earlier version again: the registry follows what production says.',
    status: 409,
  });

const neverServed = (model: string, version: string) =>
  new DriftloopError('DL_VERSION_NEVER_SERVED', `${version} of ${model} has never answered production.`, {
    fix: `Go back to one that has (driftloop version list ${model}), or let this one prove itself: driftloop run start ${model} --version ${version}`,
    status: 409,
  });
