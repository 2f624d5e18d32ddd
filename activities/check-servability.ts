import type { ErrorCode } from '../domain/error-codes.ts';
import type { GateConfig } from '../domain/gate-config.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { AnyOutput } from '../domain/task.ts';
import { p99Of } from '../training/gate/artifact-checks.ts';
import { answersOf } from './answers.ts';
import { askable, askServer, type Served } from './ask-server.ts';
import type { Ports } from './ports.ts';
import { isSameAnswer } from './same-answer.ts';

export type Servability = {
  isServable: boolean;
  sentence: string;
  /** Of the time of one answer, and of the process that gave them; null where nothing was asked, or it is not known. */
  p99Ms: number | null;
  memoryMb: number | null;
  code?: ErrorCode;
};

/** Rows that a server must answer as the evaluation did. */
const ROWS_TO_COMPARE = 100;

type ServabilityPorts = Pick<
  Ports,
  'models' | 'runs' | 'examples' | 'predictor' | 'startServer' | 'artifacts' | 'images'
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
   * Starts a server that serves nothing but the challenger, asks it by HTTP what the gate has asked, and compares the
   * answers with those that the gate was shown, and time and memory with their bounds. Safe to repeat: it only reads, and
   * the server ends with it.
   */
  async checkServability(check: ServabilityCheck): Promise<Servability> {
    const { model, challenger, configDigest } = check;
    const config = await ports.models.getPinned(model, configDigest);
    const recorded = await recordedAnswers(ports, check, config);
    const server = await ports.startServer({ config, ...challenger });
    try {
      const served = await askServer(
        server,
        recorded.map(({ input }) => input),
      );
      const measured = { p99Ms: p99Of(served.times), memoryMb: server.memoryMb() };
      const problems = [...whatDiffers(served, recorded), ...outOfBounds(measured, config.gate.artifact)];
      return problems.length === 0
        ? {
            isServable: true,
            sentence: `A server loads ${challenger.version} (${server.backend}) and answers ${recorded.length} rows as the gate was shown; ${sayMeasured(measured)}.`,
            ...measured,
          }
        : {
            isServable: false,
            sentence: `${challenger.version} cannot be served: ${problems.join('; ')}.`,
            ...measured,
            code: 'DL_NOT_SERVABLE',
          };
    } finally {
      await server.close();
    }
  },
});

/** A row that a client could send, and what the gate was shown as the challenger's answer to it. */
type Recorded = Readonly<{ input: InputRow; judged: AnyOutput }>;

/** What the run's last look was shown of the challenger, as far as the inputs are still there. */
async function recordedAnswers(
  ports: ServabilityPorts,
  { runId, model, challenger }: ServabilityCheck,
  config: ModelConfig,
): Promise<Recorded[]> {
  const last = (await ports.runs.evaluations(runId)).at(-1);
  const tested =
    last === undefined ? [] : await ports.runs.tested(runId, last.look, { newestKept: ROWS_TO_COMPARE });
  const recorded = await recordedOf(
    ports,
    config,
    tested.map(({ input, ours }) => ({ input, judged: ours })),
  );
  if (recorded.length > 0) return recorded;
  const newest = await ports.examples.labelled(model);
  const rows = await ports.examples.range(model, { fromSeq: 1, toSeq: newest, limit: ROWS_TO_COMPARE });
  const answers = await answersOf(ports, challenger, rows);
  return await recordedOf(
    ports,
    config,
    rows.map(({ input }, i) => ({ input, judged: answers[i]! })),
  );
}

/** Those of them that can be asked. */
async function recordedOf(
  { images }: Pick<Ports, 'images'>,
  { input: declared }: Pick<ModelConfig, 'input'>,
  rows: readonly { input: InputRow | null; judged: AnyOutput }[],
): Promise<Recorded[]> {
  const each = rows.map(async ({ input: row, judged }): Promise<Recorded[]> => {
    const input = row && (await askable(images, declared, row));
    return input === null ? [] : [{ input, judged }];
  });
  return (await Promise.all(each)).flat();
}

function whatDiffers({ outputs, refusal }: Served, recorded: readonly Recorded[]): string[] {
  if (recorded.length === 0)
    return ['no labelled row is left that it could be asked, so that nothing shows what it answers'];
  if (refusal !== null) return [`a server refuses what the gate has asked: ${refusal}`];
  const differing = recorded.filter(({ judged }, i) => !isSameAnswer(judged, outputs[i])).length;
  return differing === 0
    ? []
    : [`a server answers ${differing} of ${recorded.length} rows otherwise than the gate was shown`];
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
