import { DriftloopError } from '../../domain/errors.ts';
import type { ExampleStore, ModelStore } from '../../domain/ports.ts';
import { scoreMonitors } from '../../monitors/score/score-monitors.ts';
import type { MonitorScore, MonitorScores } from '../../monitors/score/score-monitors.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** Fewer labelled rows say nothing of a monitor. */
const LEAST_ROWS = 500;

/** What a drift is, where there were any, and what each monitor made of them. */
export type DriftScoreAnswer = MonitorScores & { model: string; definition: string };

/** `driftloop drift score MODEL`: is any monitor worth more than a clock? */
export async function scoreDrift(
  stores: { models: Pick<ModelStore, 'get'>; examples: Pick<ExampleStore, 'record'> },
  model: string,
  rows: number,
): Promise<Answer<DriftScoreAnswer>> {
  const { config } = await stores.models.get(model);
  const scores = scoreMonitors(config, await stores.examples.record(model, rows));
  if (scores.rows < LEAST_ROWS) {
    throw new DriftloopError(
      'DL_TOO_FEW_ROWS',
      `${scores.rows} labelled rows are recorded of the champions of "${model}", and ${LEAST_ROWS} are the least to score monitors on.`,
      { fix: 'Wait for more feedback; "driftloop model show" says how many there are.' },
    );
  }
  return { json: { model, definition, ...scores }, text: say(model, scores) };
}

const definition =
  'A drift is a stretch in which, seen afterwards, the error rate of a champion was at least .02 above that of its first stretch; stretches are cut where that gains max(8, 2 ln n) nats of likelihood. An alarm is right while a drift lasts.';

function say(model: string, { rows, champions, drifts, scores, unscored }: MonitorScores): string {
  return [
    `${model}: ${rows} labelled rows of ${champions} ${champions === 1 ? 'champion' : 'champions'}, ${drifts.length} ${drifts.length === 1 ? 'drift' : 'drifts'} in them.`,
    definition,
    '',
    table([
      ['MONITOR', 'ALARMS', 'FOUND', 'DELAY', 'PRECISION', 'ROWS UNALARMED', 'BESIDE A CLOCK'],
      ...scores.map(line),
    ]),
    ...(unscored.length === 0 ? [] : ['', `Not to be judged by labelled rows: ${unscored.join(', ')}.`]),
  ].join('\n');
}

const line = ({
  monitor,
  isDeclared,
  alarms,
  found,
  drifts,
  delay,
  precision,
  unalarmedRows,
  besideClock,
}: MonitorScore) => [
  isDeclared ? `${monitor} (declared)` : monitor,
  String(alarms),
  `${found} of ${drifts}`,
  delay === null ? '–' : `${Math.round(delay)} rows`,
  precision === null ? '–' : `${Math.round(100 * precision)} %`,
  String(unalarmedRows),
  besideClock ?? '',
];
