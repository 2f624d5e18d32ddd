import type { CardReport } from '../../console/report/report-data.ts';
import { readsText } from '../../domain/input.ts';
import { inspectData } from '../../training/data/data-card.ts';
import { inspectTest } from '../../training/data/inspect-test.ts';
import type { LabelledExample } from '../../training/data/labelled-example.ts';
import { refuseLeaks } from '../../training/data/leakage.ts';
import type { CommonSettings, Described, Example, OfflineTask } from './offline-task.ts';

/** How many findings of a kind are shown. */
const SHOWN = 20;

/** What is known of the data before a training, and the rows to train on. */
export type InspectedRows<Input> = { card: CardReport; kept: Example<Input>[] };

/**
 * Looks at the rows of both files before anything is trained. Nothing is taken out of the test file.
 *
 * @throws DL_SPLITS_LEAK where both files have rows of one entity
 */
export function inspectRows<Input>(
  task: Pick<OfflineTask<Input, CommonSettings>, 'columnsOf'>,
  { model }: Described,
  { train, test }: { train: readonly Example<Input>[]; test: readonly Example<Input>[] },
): InspectedRows<Input> {
  const examplesOf = (rows: readonly Example<Input>[]): LabelledExample[] =>
    rows.map(({ input, label, labels, at, entity }) => ({
      input: task.columnsOf?.({ input, label }) ?? {},
      label,
      labels,
      ...(at === null ? {} : { at }),
      ...(entity === undefined ? {} : { entity }),
    }));
  const [ofTrain, ofTest] = [examplesOf(train), examplesOf(test)];
  refuseLeaks({ train: ofTrain, test: ofTest }, ['entity']);
  // Beside other columns a text is a value like others: rows that share it are still rows of their own.
  const textColumns = model.task.kind === 'generation' || readsText(model.input) ? columnsIn(ofTrain) : [];
  const labels = 'labels' in model.task ? model.task.labels : null;
  const { card, kept } =
    task.columnsOf === undefined
      ? unreadable(ofTrain, labels)
      : inspectData(ofTrain, { labels, textColumns });
  const found = inspectTest({ train: ofTrain, test: ofTest }, { columns: card.columns, textColumns });
  const lineOf = (rows: readonly Example<Input>[]) => (i: number) => rows[i]!.line;
  const { near, outOfRange } = found;
  return {
    kept: kept.map((i) => train[i]!),
    card: {
      ...card,
      conflicts: {
        groups: card.conflicts.groups,
        examples: card.conflicts.examples.map((one) => ({
          lines: one.rows.map(lineOf(train)),
          labels: one.labels,
        })),
      },
      nearTest: {
        rows: near.length,
        examples: near.slice(0, SHOWN).map((pair) => ({
          train: lineOf(train)(pair.train),
          test: lineOf(test)(pair.test),
        })),
      },
      outOfRange: {
        values: outOfRange.length,
        examples: outOfRange.slice(0, SHOWN).map(({ row, column, problem }) => ({
          line: lineOf(test)(row),
          column,
          problem,
        })),
      },
      notes: [...card.notes, ...sayNear(near.length, test.length), ...sayOutOfRange(outOfRange.length)],
      suspects: null,
    },
  };
}

const columnsIn = ([first]: readonly LabelledExample[]): string[] => Object.keys(first?.input ?? {});

/** Inputs that are no columns: only their labels can be looked at. */
function unreadable(examples: readonly LabelledExample[], labels: readonly string[] | null) {
  const apart = examples.map((example, i) => ({ ...example, input: { row: i } }));
  const { card, kept } = inspectData(apart, { labels });
  return { kept, card: { ...card, columns: {} } };
}

const sayNear = (near: number, test: number): string[] =>
  near === 0
    ? []
    : [
        `${near} of ${test} test rows say nearly what a training row says: a test on them promises a little too much.`,
      ];

const sayOutOfRange = (values: number): string[] =>
  values === 0
    ? []
    : [`${values} values of the test rows are far from all that the training rows have shown.`];
