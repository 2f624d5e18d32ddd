import { milliseconds } from '../../domain/duration.ts';
import { keepsBudget } from '../../domain/drift-config.ts';
import { streamMethods } from '../../domain/detector-config.ts';
import type { ModelConfig, Watch } from '../../domain/model-config.ts';
import { streamOf } from '../detectors/streams/every-stream.ts';
import type { BudgetRow } from '../drift-budget/drift-budget.ts';
import { observeBudget, startBudget } from '../drift-budget/drift-budget.ts';
import { observe, start } from '../regret.ts';

/** A monitor that can be replayed over the labelled rows of one champion: the rows at which it alarms. */
export type Replayed = Readonly<{
  name: string;
  isDeclared: boolean;
  alarmsOf(rows: readonly BudgetRow[]): number[];
}>;

/** Regret, every declared watch that looks at labelled rows, and each detector of streams as its authors set it. */
export function monitorsOf({ watch, retrain }: Pick<ModelConfig, 'watch' | 'retrain'>): {
  monitors: Replayed[];
  /** Declared, and not to be judged by labelled rows. */
  unscored: string[];
} {
  const declared = watch.map((one) => ({ one, monitor: declaredMonitor(one) }));
  const regret: Replayed = {
    name: `regret of ${retrain.price} errors`,
    isDeclared: true,
    alarmsOf: (rows) => alarmsOfRegret(rows, retrain.price),
  };
  return {
    monitors: [
      regret,
      ...declared.flatMap(({ monitor }) => monitor ?? []),
      ...streamMethods.map((method) => detectorMonitor(method, {}, false)),
    ],
    unscored: declared.filter(({ monitor }) => monitor === null).map(({ one }) => sayWatch(one)),
  };
}

function declaredMonitor(watch: Watch): Replayed | null {
  if (watch.kind === 'detector') return detectorMonitor(watch.method, watch.params, true);
  if (keepsBudget(watch)) {
    const { falseAlarmsPerMonth, month } = watch;
    const options = { falseAlarmsPerMonth, monthMs: milliseconds(month) };
    return {
      name: `drift, ${falseAlarmsPerMonth} false alarms a month`,
      isDeclared: true,
      alarmsOf: (rows) => observeBudget(startBudget(), rows, options).alarms.map(({ row }) => row),
    };
  }
  if (watch.kind !== 'quality' || watch.metric !== 'accuracy') return null;
  return {
    name: `accuracy at least ${watch.atLeast} over ${watch.window}`,
    isDeclared: true,
    alarmsOf: (rows) => alarmsOfAccuracy(rows, watch),
  };
}

const sayWatch = (watch: Watch): string =>
  watch.kind === 'drift'
    ? 'drift of features'
    : 'metric' in watch
      ? `${watch.kind} ${watch.metric}`
      : watch.kind;

function detectorMonitor(
  method: (typeof streamMethods)[number],
  params: Readonly<globalThis.Record<string, unknown>>,
  isDeclared: boolean,
): Replayed {
  const stream = streamOf(method);
  const isErrors = stream.feeds === 'errors';
  const detector = stream.create(params);
  return {
    name: isDeclared ? `${method} ${JSON.stringify(params)}` : method,
    isDeclared,
    alarmsOf: (rows) =>
      detector.observeAll(
        detector.start(),
        rows.map(({ isWrong }) => (isWrong === isErrors ? 1 : 0)),
      ).driftIndices,
  };
}

/** Where regret first reaches the price; it is an alarm again after it has fallen below. */
function alarmsOfRegret(rows: readonly BudgetRow[], price: number): number[] {
  const alarms: number[] = [];
  let state = start();
  for (const [row, { isWrong }] of rows.entries()) {
    const before = state.regret;
    state = observe(state, isWrong);
    if (state.regret >= price && before < price) alarms.push(row);
  }
  return alarms;
}

/** Where the accuracy over the window falls below the bound, with rows enough in it. */
function alarmsOfAccuracy(
  rows: readonly BudgetRow[],
  { atLeast, window, minRows }: Extract<Watch, { kind: 'quality' }>,
): number[] {
  const windowMs = milliseconds(window);
  const alarms: number[] = [];
  let [from, wrong, wasBelow] = [0, 0, false];
  for (const [row, { isWrong, atMs }] of rows.entries()) {
    wrong += isWrong ? 1 : 0;
    while (rows[from]!.atMs <= atMs - windowMs) wrong -= rows[from++]!.isWrong ? 1 : 0;
    const seen = row + 1 - from;
    const isBelow = seen >= minRows && 1 - wrong / seen < atLeast;
    if (isBelow && !wasBelow) alarms.push(row);
    wasBelow = isBelow;
  }
  return alarms;
}
