import type { DriftCheckAnswer, DriftCheckOptions } from '../drift/check.ts';
import type { DriftReportAnswer } from '../drift/report-file.ts';
import type { DriftReportOptions } from '../drift/report.ts';
import type { InitAnswer, InitWish } from '../init/init.ts';
import { byCaller } from '../offline/attended.ts';
import type { Attending } from '../offline/attended.ts';
import type { EvaluateAnswer, EvaluateOptions } from '../offline/evaluate.ts';
import type { FinetuneAnswer, FinetuneOptions } from '../offline/finetune.ts';
import type { GateAnswer, GateOptions } from '../offline/gate.ts';
import type { Answers } from '../offline/offline-task.ts';
import type { PredictAnswer, PredictOptions } from '../offline/predict.ts';

/**
 * What works on files alone, without any service: to train, test and compare versions, and to ask about drift.
 *
 * @example
 *   const { accuracy } = await files.finetune({ train: 'train.csv', test: 'test.csv', label: 'class', out: 'v1' });
 *   for await (const answer of files.answers({ artifact: 'v1', data: 'new.csv' })) console.log(answer);
 */
export const files = {
  /** A project for rows of one's own, or for those of a template. Throws DL_INIT_EXISTS, DL_DATA_MISSING. */
  async init(wish: InitWish): Promise<InitAnswer> {
    const { init } = await import('../init/init.ts');
    return (await init(wish)).json;
  },

  /** Trains a version from a file and tests it on another. It is written whole or, when the signal ends it, not at all. */
  async finetune(options: FinetuneOptions, attending: Attending = {}): Promise<FinetuneAnswer> {
    const { finetune } = await import('../offline/finetune.ts');
    return (await finetune(options, byCaller(attending))).json;
  },

  /** What a version scores on labelled rows. */
  async evaluate(options: EvaluateOptions): Promise<EvaluateAnswer> {
    const { evaluate } = await import('../offline/evaluate.ts');
    return (await evaluate(options)).json;
  },

  /** Answers every row of a file into another, whole or not at all. */
  async predict({ out, ...options }: PredictOptions & { out: string }): Promise<PredictAnswer> {
    const { predictInto } = await import('../offline/predict.ts');
    return (await predictInto(out, options)).json;
  },

  /** Answers every row of a file, in its order, as they are asked for. */
  async *answers(options: PredictOptions): AsyncGenerator<Answers[number]> {
    const { answersOf } = await import('../offline/predict.ts');
    yield* answersOf(options);
  },

  /** May a challenger take the champion's place? Judged on labelled rows that neither has seen. Throws DL_GATE_UNFIT. */
  async gate(options: GateOptions): Promise<GateAnswer> {
    const { gate } = await import('../offline/gate.ts');
    return (await gate(options)).json;
  },

  drift: {
    /** What moved in a stream of labelled rows and how the answers became worse, as a page. */
    async report(options: DriftReportOptions, attending: Attending = {}): Promise<DriftReportAnswer> {
      const { driftReport } = await import('../drift/report.ts');
      return (await driftReport(options, byCaller(attending))).json;
    },

    /** One detector, or one test of two samples, on numbers of a file. */
    async check(options: DriftCheckOptions): Promise<DriftCheckAnswer> {
      const { checkDrift } = await import('../drift/check.ts');
      return (await checkDrift(options)).json;
    },
  },
};
