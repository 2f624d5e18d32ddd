import type { Production } from '../../../cli/demo/choose-production.ts';
import { takeRows } from '../../../cli/demo/streams/stream.ts';
import { replayPolicy, trainFirstChampion, type Replay } from '../../../training/replay/replay.ts';
import type { Table } from '../policy/table.ts';
import { withTrainer } from '../policy/trainers.ts';
import { labelsOfTask } from '../../../domain/task.ts';

/** The played stretch of a production as a table, with the production's own model. */
async function tableOf({ stream, model, bootstrapRows, plannedRows }: Production): Promise<Table> {
  const rows = await takeRows(stream, { to: bootstrapRows + plannedRows });
  const index = new Map(labelsOfTask(model.task).map((label, i) => [label, i]));
  return {
    name: stream.title,
    model,
    rows: rows.map(({ row }) => row),
    labels: rows.map(({ label }) => label),
    codes: Int32Array.from(rows, ({ label }) => index.get(label)!),
  };
}

/** Periodic retraining without a gate, every 2,000 rows on the last 2,000, on the very rows that were played. */
export async function replayScheduleOn(production: Production, delay: number): Promise<Replay> {
  const table = await tableOf(production);
  return await withTrainer('tensorflow', table, 1, async (ports) => {
    const stream = { labels: table.codes, firstRows: production.bootstrapRows, delay, ...ports };
    const first = await trainFirstChampion(stream);
    return await replayPolicy(stream, { kind: 'schedule', every: 2_000, last: 2_000 }, first);
  });
}

export type Figures = { rows: number; accuracy: number; trainings: number; cost: number };

/** Accuracy and cost = errors + price × trainings, over rows given as right or wrong. */
export function figuresOf(areErrors: Iterable<boolean | number>, trainings: number, price: number): Figures {
  let [rows, errors] = [0, 0];
  for (const isError of areErrors) {
    rows += 1;
    if (isError) errors += 1;
  }
  const accuracy = rows === 0 ? Number.NaN : Number((1 - errors / rows).toFixed(4));
  return { rows, accuracy, trainings, cost: errors + price * trainings };
}

/** A schedule's figures on the rows from `row` on: what it answered there, and what it trained from there on. */
export function scheduleFrom(replay: Replay, firstRows: number, row: number, price: number): Figures {
  const trainings = replay.events.filter((event) => event.kind === 'train' && event.row >= row).length;
  return figuresOf(replay.answered.subarray(row - firstRows), trainings, price);
}
