import type { Example } from '../domain/examples.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { GateConfig } from '../domain/gate-config.ts';
import type { Predictor } from '../domain/ports.ts';
import type { AnyOutput } from '../domain/task.ts';
import { p99Of } from '../training/gate/artifact-checks.ts';
import { answersOf } from './answers.ts';
import type { Ports } from './ports.ts';

export type Servability = {
  isServable: boolean;
  sentence: string;
  /** Of the time of one answer, and of the process that gave them; null where nothing was asked, or it is not known. */
  p99Ms: number | null;
  memoryMb: number | null;
  code?: ErrorCode;
};

/** Rows that a fresh process must answer as the evaluation did. */
const ROWS_TO_COMPARE = 100;
/** Answers that are timed one by one; of fewer nobody knows what 99 of 100 take. */
const ANSWERS_TO_TIME = 100;
/** Scores may differ by what adding in another order changes. */
const SCORE_TOLERANCE = 1e-5;

type ServabilityPorts = Pick<
  Ports,
  'models' | 'runs' | 'examples' | 'predictor' | 'startPredictor' | 'artifacts'
>;

export type ServabilityCheck = {
  runId: string;
  configDigest: string;
  model: string;
  challenger: { version: string; digest: string };
};

/** Would a server be able to serve what the gate has judged? */
export const createServabilityActivities = (ports: ServabilityPorts) => ({
  /**
   * Loads the challenger from its stored artifact in a process like those that servers answer with, asks it what the gate
   * has asked, and compares the answers with those that the gate was shown, and time and memory with their bounds. Safe
   * to repeat: it only reads, and the process ends with it.
   */
  async checkServability(check: ServabilityCheck): Promise<Servability> {
    const { model, challenger, configDigest } = check;
    const { gate } = await ports.models.getPinned(model, configDigest);
    const { rows, judged } = await recordedAnswers(ports, check);
    const fresh = await ports.startPredictor();
    try {
      const served = await answersOf({ ...ports, predictor: fresh }, challenger, rows);
      const times = await timeAnswers(fresh, challenger.digest, rows);
      const measured = { p99Ms: p99Of(times), memoryMb: fresh.memoryMb(challenger.digest) };
      const differing = served.filter((output, i) => !isSame(output, judged[i])).length;
      const problems = [...sayDiffering(differing, rows.length), ...outOfBounds(measured, gate.artifact)];
      return problems.length === 0
        ? {
            isServable: true,
            sentence: `${challenger.version} loads in a fresh process (${fresh.backend}) and answers ${rows.length} rows as the gate was shown; ${sayMeasured(measured)}.`,
            ...measured,
          }
        : {
            isServable: false,
            sentence: `${challenger.version} cannot be served: ${problems.join('; ')}.`,
            ...measured,
            code: 'DL_NOT_SERVABLE',
          };
    } finally {
      await fresh.close();
    }
  },
});

/** What the run's last look was shown of the challenger, as far as the inputs are still there. */
async function recordedAnswers(
  ports: ServabilityPorts,
  { runId, model, challenger }: ServabilityCheck,
): Promise<{ rows: Example[]; judged: AnyOutput[] }> {
  const last = (await ports.runs.evaluations(runId)).at(-1);
  const tested =
    last === undefined ? [] : await ports.runs.tested(runId, last.look, { newestKept: ROWS_TO_COMPARE });
  const recorded = tested.flatMap(({ input, ...row }) => (input === null ? [] : [{ ...row, input }]));
  if (recorded.length > 0)
    return {
      rows: recorded.map(({ id, seq, input, label }) => ({
        predictionId: id,
        seq,
        input,
        label,
        partition: 'holdout',
      })),
      judged: recorded.map(({ ours }) => ours),
    };
  const newest = await ports.examples.labelled(model);
  const rows = await ports.examples.range(model, { fromSeq: 1, toSeq: newest, limit: ROWS_TO_COMPARE });
  return { rows, judged: await answersOf(ports, challenger, rows) };
}

/** How long each answer takes in milliseconds, the rows asked in turn until there are enough of them. */
async function timeAnswers(
  predictor: Predictor,
  digest: string,
  rows: readonly Example[],
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; rows.length > 0 && i < ANSWERS_TO_TIME; i += 1) {
    const began = performance.now();
    await predictor.predict(digest, [rows[i % rows.length]!.input]);
    times.push(performance.now() - began);
  }
  return times;
}

function sayDiffering(differing: number, rows: number): string[] {
  if (rows === 0)
    return ['no labelled row is left that it could be asked, so that nothing shows what it answers'];
  return differing === 0
    ? []
    : [`a fresh process answers ${differing} of ${rows} rows otherwise than the gate was shown`];
}

type Measured = Pick<Servability, 'p99Ms' | 'memoryMb'>;

/** What is over its bound, and what has a bound and was not measured: that is never a pass. */
function outOfBounds(
  { p99Ms, memoryMb }: Measured,
  { p99MsAtMost, memoryMbAtMost }: GateConfig['artifact'],
): string[] {
  const over = (what: string, unit: string, value: number | null, bound: number | undefined) => {
    if (bound === undefined || (value !== null && value <= bound)) return [];
    const is = value === null ? 'was not measured' : `is ${value.toPrecision(3)} ${unit}`;
    return [`${what} ${is}, and may be ${bound} ${unit} at most`];
  };
  return [
    ...over('the slowest answer of a hundred', 'ms', p99Ms, p99MsAtMost),
    ...over('the memory of its process', 'MB', memoryMb, memoryMbAtMost),
  ];
}

const sayMeasured = ({ p99Ms, memoryMb }: Measured): string =>
  [
    p99Ms === null ? 'nothing was timed' : `99 of 100 answers take ${p99Ms.toPrecision(2)} ms at most`,
    ...(memoryMb === null ? [] : [`its process holds ${Math.round(memoryMb)} MB`]),
  ].join(', ');

function isSame(a: AnyOutput, b: AnyOutput | undefined): boolean {
  if (b === undefined) return false;
  if ('value' in a) return 'value' in b && isNear(a.value, b.value);
  if ('text' in a) return 'text' in b && a.text === b.text;
  if (!('scores' in b)) return false;
  const isSameSaid =
    'label' in a
      ? 'label' in b && a.label === b.label
      : 'labels' in b && a.labels.join('\n') === b.labels.join('\n');
  return (
    isSameSaid &&
    Object.entries(a.scores).every(
      ([label, score]) => Math.abs(score - (b.scores[label] ?? NaN)) <= SCORE_TOLERANCE,
    )
  );
}

const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= SCORE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
